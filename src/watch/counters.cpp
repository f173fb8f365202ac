#include "src/watch/counters.hpp"

#include "src/pg/compat.hpp"
#include "src/watch/saved_counters.hpp"

namespace fkaudit::watch {

namespace {

struct shared_state {
    std::int64_t evicted;
    model::timestamp reset_at;
};

constexpr char const* lock_name = "fkaudit";

int most_entries = 0;
bool const* is_saved = nullptr;
shmem_request_hook_type next_request_hook = nullptr;
shmem_startup_hook_type next_startup_hook = nullptr;

shared_state* state = nullptr;
HTAB* entries = nullptr;
LWLock* lock = nullptr;

// The server may leave the functions below by a longjmp: nothing in them has a destructor.

void request_memory() {
    if (next_request_hook != nullptr) next_request_hook();
    RequestAddinShmemSpace(
        add_size(MAXALIGN(sizeof(shared_state)), hash_estimate_size(most_entries, sizeof(violation_entry))));
    RequestNamedLWLockTranche(lock_name, 1);
}

violation_entry* find_entry(violation_key const& key) noexcept {
    return static_cast<violation_entry*>(hash_search(entries, &key, HASH_FIND, nullptr));
}

void remove_entry(violation_key const& key) noexcept { (void)hash_search(entries, &key, HASH_REMOVE, nullptr); }

template <class Visit>
void each_entry(Visit visit) noexcept {
    HASH_SEQ_STATUS walk;
    hash_seq_init(&walk, entries);
    while (auto* const entry = static_cast<violation_entry*>(hash_seq_search(&walk))) visit(*entry);
}

void evict_one() noexcept {
    violation_entry* oldest = nullptr;
    each_entry([&](violation_entry& one) {
        if (oldest == nullptr || one.last.at.microseconds < oldest->last.at.microseconds) oldest = &one;
    });
    if (oldest == nullptr) return;
    state->evicted += oldest->violations;
    violation_key const key = oldest->key;
    remove_entry(key);
}

/// An empty entry for a key that has none; nullptr: shared memory is full.
violation_entry* add_entry(violation_key const& key) noexcept {
    while (hash_get_num_entries(entries) >= most_entries) evict_one();
    auto* const entry = static_cast<violation_entry*>(hash_search(entries, &key, HASH_ENTER_NULL, nullptr));
    if (entry == nullptr) return nullptr;
    new (entry) violation_entry{.key = key, .violations = 0, .first_seen = {}, .last = {}, .windows = {}};
    return entry;
}

/// At a shutdown in order, in the postmaster, when nobody else is there any more.
void save_at_exit(int code, Datum) {
    if (code != 0 || !*is_saved) return;
    write_saved_counters(entries, {.evicted = state->evicted, .reset_at = state->reset_at});
}

/// After a crash there is no file: it goes as soon as it is read.
void load_saved() {
    if (!*is_saved) return forget_saved_counters();
    saved_header saved{};
    bool const is_read = read_saved_counters(saved, [](violation_entry const& one) {
        if (hash_get_num_entries(entries) >= most_entries) return;
        auto* const entry = static_cast<violation_entry*>(hash_search(entries, &one.key, HASH_ENTER_NULL, nullptr));
        if (entry != nullptr) *entry = one;
    });
    if (is_read) *state = {saved.evicted, saved.reset_at};
}

void start() {
    if (next_startup_hook != nullptr) next_startup_hook();
    bool is_there = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    state = static_cast<shared_state*>(ShmemInitStruct("fkaudit", sizeof(shared_state), &is_there));
    lock = &GetNamedLWLockTranche(lock_name)->lock;
    HASHCTL shape{};
    shape.keysize = sizeof(violation_key);
    shape.entrysize = sizeof(violation_entry);
    entries = pg::make_shared_hash("fkaudit violations", most_entries, shape);
    if (!is_there) *state = {0, {GetCurrentTimestamp()}};
    LWLockRelease(AddinShmemInitLock);
    if (IsUnderPostmaster) return;
    on_shmem_exit(save_at_exit, Datum{0});
    if (!is_there) load_saved();
}

}  // namespace

void reserve_counters(int most, bool const& save) {
    most_entries = most;
    is_saved = &save;
    next_request_hook = shmem_request_hook;
    shmem_request_hook = request_memory;
    next_startup_hook = shmem_startup_hook;
    shmem_startup_hook = start;
}

bool has_counters() noexcept { return entries != nullptr; }

void count_violations(violation_key const& key, std::uint32_t times, violation_event const& last) noexcept {
    LWLockAcquire(lock, LW_EXCLUSIVE);
    auto* entry = find_entry(key);
    if (entry == nullptr) {
        entry = add_entry(key);
        if (entry != nullptr) entry->first_seen = last.at;
    }
    if (entry == nullptr) {
        state->evicted += times;
    } else {
        entry->violations += times;
        entry->last = last;
        entry->windows.add(last.at, times);
    }
    LWLockRelease(lock);
}

void count_lost(std::int64_t times) noexcept {
    LWLockAcquire(lock, LW_EXCLUSIVE);
    state->evicted += times;
    LWLockRelease(lock);
}

std::size_t copy_entries(Oid database, violation_entry* into, std::size_t room) noexcept {
    std::size_t count = 0;
    LWLockAcquire(lock, LW_SHARED);
    each_entry([&](violation_entry const& one) {
        if (one.key.database != database) return;
        if (count < room) into[count] = one;
        ++count;
    });
    LWLockRelease(lock);
    return count;
}

counters_info read_info() noexcept {
    LWLockAcquire(lock, LW_SHARED);
    counters_info const info{hash_get_num_entries(entries), state->evicted, state->reset_at};
    LWLockRelease(lock);
    return info;
}

void forget(violation_key const* keys, std::size_t count) noexcept {
    LWLockAcquire(lock, LW_EXCLUSIVE);
    for (std::size_t number = 0; number < count; ++number) remove_entry(keys[number]);
    LWLockRelease(lock);
}

void forget_last_key(violation_key const* keys, std::size_t count) noexcept {
    LWLockAcquire(lock, LW_EXCLUSIVE);
    for (std::size_t number = 0; number < count; ++number)
        if (auto* const entry = find_entry(keys[number])) std::memset(entry->last.key, 0, sizeof entry->last.key);
    LWLockRelease(lock);
}

void note_reset() noexcept {
    LWLockAcquire(lock, LW_EXCLUSIVE);
    *state = {0, {GetCurrentTimestamp()}};
    LWLockRelease(lock);
}

}  // namespace fkaudit::watch
