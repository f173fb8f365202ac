#pragma once

#include "src/pg/progress.hpp"

namespace fkaudit::watch {

/// What shared memory keeps of a check under way.
struct running_check {
    static constexpr std::size_t longest_name = std::size_t{4} * (NAMEDATALEN + 2);

    int pid;
    Oid database, user;
    TimestampTz started_at;
    char child[longest_name];  ///< qualified, in its database's encoding
    pg::progress_phase phase;
    std::int64_t blocks_done, blocks_total, orphans;
    std::int32_t constraints_done, constraints_total;
};

/// Asks for the shared memory, a place for each session that there can be, and its lock: called once, by _PG_init, in the
/// postmaster.
void reserve_running_checks();

/// Whether this server has them: the library was preloaded.
bool has_running_checks() noexcept;

/// At most so many.
std::size_t most_running_checks() noexcept;

/// Copies those whose sessions live to where most_running_checks() fit, and says how many there are. May ereport.
std::size_t copy_running_checks(running_check* into);

}  // namespace fkaudit::watch
