#pragma once

#include "src/watch/violation.hpp"

namespace fkaudit::watch {

/// What shared memory keeps of one violation_key.
struct violation_entry {
    violation_key key;  ///< first: the hash table looks for it there
    std::int64_t violations;
    model::timestamp first_seen;
    violation_event last;
    model::time_windows windows;
};

struct counters_info {
    std::int64_t tracked = 0;  ///< entries, of all databases
    std::int64_t evicted = 0;  ///< violations whose entries went to make room, or found none
    model::timestamp reset_at{};
};

/// Asks for the shared memory and its lock and prepares both: called once, by _PG_init, in the postmaster. At most
/// `most` entries; `save` says at shutdown whether the next start finds them again.
void reserve_counters(int most, bool const& save);

/// Whether this server has the counters: the library was preloaded.
bool has_counters() noexcept;

/// Counts violations of a key. Where there is no room, the entry that was seen longest ago makes some. Waits for the
/// counters' lock, allocates nothing, raises nothing.
void count_violations(violation_key const& key, std::uint32_t times, violation_event const& last) noexcept;

/// Counts violations that nobody could remember.
void count_lost(std::int64_t times) noexcept;

/// Copies the entries of a database to where `room` entries fit; how many there were, which can be more.
std::size_t copy_entries(Oid database, violation_entry* into, std::size_t room) noexcept;

counters_info read_info() noexcept;

/// Forgets entries.
void forget(violation_key const* keys, std::size_t count) noexcept;

/// Forgets the latest key of entries that go on counting.
void forget_last_key(violation_key const* keys, std::size_t count) noexcept;

/// Starts the count of evicted violations anew.
void note_reset() noexcept;

}  // namespace fkaudit::watch
