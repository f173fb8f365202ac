#pragma once

#include "src/check/access.hpp"
#include "src/check/verdict.hpp"
#include "src/pg/boundary.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::check {

/// A key that is ready to be examined: its tables are locked, the snapshot is active, the rights are in force.
struct prepared_key {
    model::constraint const* key = nullptr;
    visible_columns visible{};
    std::span<model::oid const> child_tables{};  ///< the child and its partitions, from the top down
    std::span<model::oid const> parent_tables{};
    bool is_spread = false;  ///< Citus keeps rows of it in shards: the heaps here are empty, and only SQL sees the rows
};

/// A key to be examined, and what comes of it.
struct work_item {
    prepared_key prepared{};
    verdict* found = nullptr;
    std::string_view left_out{};    ///< why the engine could not serve the key after all; empty: it did
    pg::kept_rows* kept = nullptr;  ///< where listed rows go; nullptr: to the result
    /// Whether the orphans were looked for in a partition as well that is newer than prepared.child_tables: its rows may be
    /// older than the snapshot, and their parents newer.
    bool is_beyond = false;
};

/// One way to examine keys. Both members raise the server's errors; the caller runs them in a subtransaction.
class engine {
public:
    engine() = default;
    engine(engine const&) = delete;
    engine& operator=(engine const&) = delete;
    virtual ~engine() = default;

    /// The name that the `engine` column shows.
    virtual std::string_view name() const noexcept = 0;

    /// Fills the counts, the example and, where there is something to say, the detail of each key's verdict. The keys
    /// have one child.
    virtual void count(std::span<work_item> items) = 0;

    /// Adds each key's orphans as rows of fk_orphans, in physical order; `max_rows` < 0: all of them. Several keys have
    /// each a place of their own for its rows (work_item::kept), and one child.
    virtual void list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) = 0;
};

}  // namespace fkaudit::check
