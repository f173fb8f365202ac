#include "src/check/spill_group.hpp"

#include "src/check/spill_process.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"

namespace fkaudit::check {

namespace {

constexpr std::uint64_t part_board = 1;

template <class Key>
void take_part(spill_board& board, MemoryContext context) {
    // Locks of one group do not conflict; it is the server's rule that who reads a table has one.
    spill_process<Key> self(board, context, static_cast<std::size_t>(ParallelWorkerNumber) + 1, AccessShareLock);
    self.run();
    pg::guarded([&] { self.close(); });
}

}  // namespace

void spill_group::launch(MemoryContext context, spill_plan const& plan, std::span<model::oid const> parents,
                         std::span<model::oid const> children) {
    auto const size = spill_board::size(plan);
    if (plan.processes == 1) {
        auto* const memory = static_cast<std::byte*>(MemoryContextAllocHuge(context, size));
        board_ = spill_board::create(memory, nullptr, plan, parents, children);
        return;
    }
    int const workers = static_cast<int>(plan.processes) - 1;
    EnterParallelMode();
    context_ = CreateParallelContext("fkaudit", "fkaudit_spill_worker", workers);
    shm_toc_estimate_chunk(&context_->estimator, size);
    shm_toc_estimate_keys(&context_->estimator, 1);
    worker_usage::estimate(context_->estimator, workers);
    InitializeParallelDSM(context_);
    // Nobody would delete the files of a set that is not in this segment.
    if (context_->seg == nullptr)
        ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("no dynamic shared memory for parallel workers")));
    auto* const memory = static_cast<std::byte*>(shm_toc_allocate(context_->toc, size));
    board_ = spill_board::create(memory, context_->seg, plan, parents, children);
    shm_toc_insert(context_->toc, part_board, memory);
    usage_ = worker_usage::create(context_->toc, workers);
    LaunchParallelWorkers(context_);
}

void spill_group::wait_for_workers() {
    if (workers() == 0 || parallel_leader_participation) return;
    constexpr long patience = 1000;
    for (auto told = spill_phase::reading_parent; told < spill_phase::compared;) {
        board_->tell(told);
        while (!board_->wait(told, patience))
            if (have_ended()) return;
        told = board_->phase();
    }
}

/// A worker that could not start, too.
bool spill_group::have_ended() const {
    for (int number = 0; number < workers(); ++number) {
        pid_t process = 0;
        auto* const handle = context_->worker[number].bgwhandle;
        if (handle != nullptr && GetBackgroundWorkerPid(handle, &process) != BGWH_STOPPED) return false;
    }
    return true;
}

void spill_group::end() {
    if (context_ == nullptr) return;
    WaitForParallelWorkersToFinish(context_);
    usage_.add(workers());
    DestroyParallelContext(context_);
    ExitParallelMode();
}

void work_on_spill(shm_toc* contents, dsm_segment* segment, MemoryContext context) {
    // The leader's comparison needs nobody's code; the worker has the leader's rights, and its gate.
    pg::function_gate const gate{{}};
    worker_usage usage;
    auto board = pg::guarded([&] {
        usage = worker_usage::attach(contents);
        usage.begin();
        auto const found =
            spill_board::attach(static_cast<std::byte*>(shm_toc_lookup(contents, part_board, false)), segment);
        if (found.plan().is_followed) pg::join_progress();
        return found;
    });
    if (board.plan().form == key_form::word)
        take_part<keys::word>(board, context);
    else
        take_part<keys::pair>(board, context);
    pg::guarded([&] { usage.end(); });
}

}  // namespace fkaudit::check
