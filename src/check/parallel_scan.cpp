#include "src/check/parallel_scan.hpp"

#include "src/check/shared_scan.hpp"
#include "src/check/worker_report.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// The leader's side. Members but the constructor may ereport; what it leaves then goes with the subtransaction.
class parallel_scan final : public page_listener {
public:
    parallel_scan(scan_pass& pass, std::span<child_key> keys, std::span<orphan_counter* const> counters)
        : pass_(pass),
          report_(keys, counters) {}

    void launch(int workers, std::size_t share) {
        EnterParallelMode();
        context_ = CreateParallelContext("fkaudit", "fkaudit_scan_worker", workers);
        shared_scan::estimate(context_->estimator, pass_, workers);
        InitializeParallelDSM(context_);
        // There may be fewer now, or none, and then the memory is this process's own.
        shared_ = shared_scan::create(context_->toc, pass_, context_->nworkers, share);
        queues_ = static_cast<shm_mq_handle**>(palloc0(sizeof(shm_mq_handle*) * static_cast<std::size_t>(workers)));
        for (int number = 0; number < context_->nworkers; ++number) {
            auto* const queue = shared_.make_queue(number);
            shm_mq_set_receiver(queue, MyProc);
            queues_[number] = shm_mq_attach(queue, context_->seg, nullptr);
        }
        LaunchParallelWorkers(context_);
        // Who waits for a worker is told when it dies before it has come to its queue.
        for (int number = 0; number < context_->nworkers_launched; ++number)
            shm_mq_set_handle(queues_[number], context_->worker[number].bgwhandle);
    }

    shared_scan const& shared() const noexcept { return shared_; }
    int workers() const noexcept { return context_->nworkers_launched; }
    std::int64_t rows() const noexcept { return report_.rows(); }

    /// Workers should not stand still because their queues are full.
    void page_was_read() override {
        constexpr int pages_between = 16;
        if (++pages_ % pages_between == 0) receive();
    }

    void wait() {
        while (receive()) {
            (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH, -1, PG_WAIT_EXTENSION);
            ResetLatch(MyLatch);
            CHECK_FOR_INTERRUPTS();
        }
        WaitForParallelWorkersToFinish(context_);
        if (report_.finished() != workers())
            elog(ERROR, "fkaudit: %d of %d parallel workers sent nothing", workers() - report_.finished(), workers());
        for (int number = 0; number < workers(); ++number)
            InstrAccumParallelQuery(shared_.buffers(number), shared_.wal(number));
    }

    void end() {
        DestroyParallelContext(context_);
        ExitParallelMode();
    }

private:
    /// Reads what is there; false: nothing more will come.
    bool receive() {
        bool any_left = false;
        for (int number = 0; number < workers(); ++number) {
            while (queues_[number] != nullptr) {
                Size size = 0;
                void* message = nullptr;
                auto const result = shm_mq_receive(queues_[number], &size, &message, true);
                if (result == SHM_MQ_DETACHED) queues_[number] = nullptr;
                if (result != SHM_MQ_SUCCESS) break;
                report_.read({static_cast<char const*>(message), size});
            }
            any_left = any_left || queues_[number] != nullptr;
        }
        return any_left;
    }

    scan_pass& pass_;
    report_reader report_;
    ParallelContext* context_ = nullptr;
    shared_scan shared_{};
    shm_mq_handle** queues_ = nullptr;
    int pages_ = 0;
};

}  // namespace

int read_in_parallel(scan_pass& pass, std::span<child_key> keys, std::span<orphan_counter* const> counters, int workers,
                     std::size_t share) {
    parallel_scan scan(pass, keys, counters);
    pg::guarded([&] { scan.launch(workers, share); });
    pass.forget_parents();
    for (std::size_t number = 0; number < keys.size(); ++number)
        keys[number].set = scan.shared().parent_of(number, pass.arena());

    int const launched = scan.workers();
    child_reader reader(pass.arena(), pass.context(), pass.columns(), keys, &scan);
    if (launched == 0 || parallel_leader_participation) reader.read(scan.shared().heaps(pass.arena(), NoLock));
    pg::guarded([&] { scan.wait(); });
    pass.report(keys, reader.rows() + scan.rows());
    pg::guarded([&] { scan.end(); });
    return launched;
}

}  // namespace fkaudit::check
