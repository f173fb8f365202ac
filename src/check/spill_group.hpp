#pragma once

#include "src/check/spill_board.hpp"
#include "src/check/worker_usage.hpp"

namespace fkaudit::check {

/// The processes that compare a key's sides in parts, as their leader has them: itself, and perhaps workers. Members may
/// ereport; what is left then goes with the subtransaction that it must run in.
class spill_group {
public:
    spill_group() = default;
    spill_group(spill_group const&) = delete;
    spill_group& operator=(spill_group const&) = delete;

    /// Starts as many workers as the plan has processes beside the leader, or fewer. Without any, the board is in
    /// `context`.
    void launch(MemoryContext context, spill_plan const& plan, std::span<model::oid const> parents,
                std::span<model::oid const> children);
    /// Where the leader is not to take part, waits until the workers have done all, or have gone.
    void wait_for_workers();
    /// How many were started.
    int workers() const noexcept { return context_ == nullptr ? 0 : context_->nworkers_launched; }
    spill_board& board() noexcept { return *board_; }

    /// Waits until all workers have gone, raises their errors, and ends the parallel mode. The board has gone then.
    void end();

private:
    bool have_ended() const;

    ParallelContext* context_ = nullptr;
    std::optional<spill_board> board_{};
    worker_usage usage_{};
};

/// What a worker does. Its memory is the context's.
void work_on_spill(shm_toc* contents, dsm_segment* segment, MemoryContext context);

}  // namespace fkaudit::check
