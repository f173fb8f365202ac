#pragma once

#include <optional>

#include "src/pg/boundary.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

/// The latest row that the log has of a foreign key.
struct logged_key {
    ItemPointerData place{};
    std::string_view change{};  ///< empty: a row that fk_history does not show
    std::string_view child{};
    std::string_view constraint_name{};
    std::optional<pg::spi::jsonb> before{};
    std::optional<pg::spi::jsonb> after{};  ///< none: the key was dropped, or has another name since
    std::int64_t transaction = 0;
    model::oid constraint = model::no_oid;  ///< no_oid: of another database, before a restore
    int bypassed = 0;
};

/// A row to add. `change` empty: fk_history does not show it, the next comparison starts from it.
struct log_entry {
    std::string_view change{};
    std::string_view child{};
    std::string_view constraint_name{};
    std::string_view before{};  ///< JSON; empty: NULL
    std::string_view after{};
    std::string_view command{};
    model::oid constraint = model::no_oid;
    int bypassed = 0;
};

/// The table fk_history_log: what was recorded of each foreign key, in order. Rows are only added, so that no command
/// waits for another one's; the one exception is a row of the transaction itself. The state of a key is in its latest row.
class history_log {
public:
    /// How the table is locked until the transaction ends.
    enum class locking {
        at_once,  ///< ROW EXCLUSIVE; an error (55P03) where that would wait
        alone,    ///< SHARE UPDATE EXCLUSIVE: one at a time, without keeping DDL from it
    };

    /// Finds the table beside the function that was called. Errors: it is not there, is somebody else's, or has other
    /// columns (55000).
    history_log(pg::call& current, locking how);

    /// As everybody has committed it and this transaction has left it, whatever its isolation level: no snapshot is too old
    /// for it and nothing is read that a serializable transaction would fail for.
    std::optional<logged_key> find(model::oid constraint) const;
    std::optional<logged_key> find(std::string_view child, std::string_view constraint_name) const;

    /// The constraints that some row has with triggers that do not fire, or partitions that are not valid.
    std::span<model::oid const> ever_bypassed() const;

    /// Removes a row that this transaction has added.
    void take_back(logged_key const& row) const;

    /// Runs no code but superusers' and the owner's. Error: a trigger or a rule of the table keeps rows out of it (55000).
    void append(std::span<log_entry const> entries) const;

    /// The mark of the beginning, without which the log cannot tell what is new from what it does not know.
    static log_entry beginning(std::string_view command) { return {.command = command}; }
    /// Error: there is no such mark, as in a database that was restored without its data (55000).
    void require_beginning() const;

    /// This database, as restores and copies of it are told apart by.
    std::string_view origin() const noexcept { return origin_; }
    std::string_view qualified() const noexcept { return qualified_; }

    /// Whose table it is: the owner of the function that was called.
    static Oid owner(pg::call& current);
    /// Counts one more change that could not be recorded; or starts anew.
    static void note_missed(pg::call& current);
    static void forget_missed(pg::call& current);

private:
    std::optional<logged_key> find(char const* index, std::span<ScanKeyData> wanted) const;
    logged_key read(Relation table, HeapTuple tuple) const;

    model::arena& arena_;
    Oid namespace_, owner_, table_ = InvalidOid;
    std::string_view origin_, qualified_;
};

}  // namespace fkaudit::catalog
