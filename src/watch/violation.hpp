#pragma once

#include "src/model/time_windows.hpp"
#include "src/pg/postgres.hpp"

namespace fkaudit::watch {

/// Which write failed.
enum class violation_side : std::int32_t {
    child_write,   ///< INSERT or UPDATE of the child
    parent_write,  ///< DELETE or UPDATE of the parent; on PostgreSQL 15 to 17 that under RESTRICT, too
    restrict_,     ///< DELETE or UPDATE of the parent under RESTRICT, since PostgreSQL 18
    detach,        ///< a partition of the parent that was to leave it
    validation,    ///< ALTER TABLE found orphans
};

/// `child write`, `parent write`, `restrict`, `detach`, `validation`.
std::string_view to_text(violation_side side) noexcept;

/// What is counted by itself. The names are those of the error, a partition's and a derived constraint's among them: an
/// error that is under way allows no look into the catalog. Padding is zero: keys compare by their bytes.
struct violation_key {
    Oid database;
    violation_side side;
    NameData schema;
    NameData child;
    NameData constraint;
};

/// The latest violation of a key.
struct violation_event {
    static constexpr std::size_t longest_key = 256;

    model::timestamp at{};
    Oid user = InvalidOid;  ///< who was logged in
    char application[NAMEDATALEN]{};
    char key[longest_key]{};  ///< `(a, b)=(1, 2)`; empty where the server kept it to itself
};

/// Reads an error: whether it is the server's own report of a violated foreign key (ri_triggers.c: ri_ReportViolation,
/// RI_FKey_check), and if so, of what. The database, the time and the user are this session's, now. Neither allocates nor
/// looks into the catalog.
bool read_violation(ErrorData const& error, bool in_alter_table, violation_key& key, violation_event& event) noexcept;

}  // namespace fkaudit::watch
