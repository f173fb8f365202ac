#include "src/watch/running_checks.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/process.hpp"

namespace fkaudit::watch {

namespace {

constexpr char const* lock_name = "fkaudit_progress";

/// A session's, by its place among the server's processes. The lock is for all but `pid`, which its owner clears without
/// it when a check ends, and the counters.
struct place {
    std::atomic<int> pid;  ///< 0: no check
    Oid database, user;
    TimestampTz started_at;
    char child[running_check::longest_name];
    pg::progress_counters counters;
};

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free &&
                  std::atomic<pg::progress_phase>::is_always_lock_free,
              "other processes read it");

shmem_request_hook_type next_request_hook = nullptr;
shmem_startup_hook_type next_startup_hook = nullptr;
place* places = nullptr;
LWLock* lock = nullptr;
bool clears_at_exit = false;

Size needed_bytes() { return mul_size(static_cast<Size>(MaxBackends), sizeof(place)); }

void request_memory() {
    if (next_request_hook != nullptr) next_request_hook();
    RequestAddinShmemSpace(needed_bytes());
    RequestNamedLWLockTranche(lock_name, 1);
}

void start() {
    if (next_startup_hook != nullptr) next_startup_hook();
    bool is_there = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    auto* const memory = ShmemInitStruct("fkaudit running checks", needed_bytes(), &is_there);
    if (!is_there) std::memset(memory, 0, needed_bytes());
    places = static_cast<place*>(memory);
    lock = &GetNamedLWLockTranche(lock_name)->lock;
    LWLockRelease(AddinShmemInitLock);
}

place& place_of(PGPROC const* process) noexcept { return places[process - ProcGlobal->allProcs]; }

void release() { place_of(MyProc).pid.store(0, std::memory_order_release); }

void clear_at_exit(int, Datum) { release(); }

pg::progress_counters* claim() {
    if (!clears_at_exit) {
        before_shmem_exit(clear_at_exit, Datum{0});
        clears_at_exit = true;
    }
    auto& mine = place_of(MyProc);
    LWLockAcquire(lock, LW_EXCLUSIVE);
    mine.database = MyDatabaseId;
    mine.user = GetSessionUserId();
    mine.started_at = GetCurrentTimestamp();
    mine.child[0] = '\0';
    mine.pid.store(MyProcPid, std::memory_order_release);
    LWLockRelease(lock);
    return &mine.counters;
}

void show_child(std::string_view name) {
    auto& mine = place_of(MyProc);
    auto const size = static_cast<std::size_t>(
        pg_mbcliplen(name.data(), static_cast<int>(name.size()), static_cast<int>(running_check::longest_name) - 1));
    LWLockAcquire(lock, LW_EXCLUSIVE);
    std::memcpy(mine.child, name.data(), size);
    mine.child[size] = '\0';
    LWLockRelease(lock);
}

pg::progress_counters* find_leader() {
    auto const* const leader = MyProc->lockGroupLeader;
    if (leader == nullptr || leader == MyProc) return nullptr;
    auto& its = place_of(leader);
    return its.pid.load(std::memory_order_acquire) == leader->pid ? &its.counters : nullptr;
}

running_check copy(place const& from, int pid) noexcept {
    constexpr auto relaxed = std::memory_order_relaxed;
    auto const& counters = from.counters;
    running_check made{};
    made.pid = pid;
    made.database = from.database;
    made.user = from.user;
    made.started_at = from.started_at;
    std::memcpy(made.child, from.child, sizeof made.child);
    made.phase = counters.phase.load(relaxed);
    made.blocks_done = counters.blocks_done.load(relaxed);
    made.blocks_total = counters.blocks_total.load(relaxed);
    made.orphans = counters.orphans.load(relaxed);
    made.constraints_done = counters.constraints_done.load(relaxed);
    made.constraints_total = counters.constraints_total.load(relaxed);
    return made;
}

}  // namespace

void reserve_running_checks() {
    next_request_hook = shmem_request_hook;
    shmem_request_hook = request_memory;
    next_startup_hook = shmem_startup_hook;
    shmem_startup_hook = start;
    pg::use_progress_board({claim, show_child, release, find_leader});
}

bool has_running_checks() noexcept { return places != nullptr; }

std::size_t most_running_checks() noexcept { return static_cast<std::size_t>(MaxBackends); }

std::size_t copy_running_checks(running_check* into) {
    std::size_t count = 0;
    LWLockAcquire(lock, LW_SHARED);
    for (std::size_t number = 0; number < most_running_checks(); ++number) {
        int const pid = places[number].pid.load(std::memory_order_acquire);
        if (pid != 0) into[count++] = copy(places[number], pid);
    }
    LWLockRelease(lock);
    auto* const end = std::remove_if(into, into + count,
                                     [](running_check const& one) { return BackendPidGetProc(one.pid) == nullptr; });
    return static_cast<std::size_t>(end - into);
}

}  // namespace fkaudit::watch
