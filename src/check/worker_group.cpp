#include "src/check/worker_group.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/process.hpp"

namespace fkaudit::check {

void worker_group::launch(int workers) {
    wanted_.is_followed = pg::is_followed();
    EnterParallelMode();
    context_ = CreateParallelContext("fkaudit", "fkaudit_scan_worker", workers);
    shared_scan::estimate(context_->estimator, pass_, workers, wanted_);
    InitializeParallelDSM(context_);
    // Nobody would give memory for the parents back that is not of this segment.
    if (context_->seg == nullptr)
        ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("no dynamic shared memory for parallel workers")));
    shared_ = shared_scan::create(context_->toc, context_->seg, pass_, context_->nworkers, wanted_);
    pass_.forget_parents();
    queues_ = static_cast<shm_mq_handle**>(palloc0(sizeof(shm_mq_handle*) * static_cast<std::size_t>(workers)));
    for (int number = 0; number < context_->nworkers; ++number) {
        auto* const queue = shared_.make_queue(number);
        shm_mq_set_receiver(queue, MyProc);
        queues_[number] = shm_mq_attach(queue, context_->seg, nullptr);
    }
    LaunchParallelWorkers(context_);
    // Who waits for a worker is told when it dies before it has come to its queue.
    for (int number = 0; number < size(); ++number)
        shm_mq_set_handle(queues_[number], context_->worker[number].bgwhandle);
}

void worker_group::read_parents() {
    pass_.begin_parents();
    shared_.parents().read(pass_.context(), NoLock);
    pg::guarded([&] { shared_.parents().wait(); });
}

void worker_group::use_shared(std::span<child_key> keys) const {
    pg::guarded([&] {
        for (std::size_t number = 0; number < keys.size(); ++number) {
            keys[number].set = shared_.parent_of(number, pass_.arena());
            keys[number].is_done = keys[number].set == nullptr;
        }
    });
}

worker_group::reception worker_group::receive(int worker, std::string_view& message, bool waits) {
    if (queues_[worker] == nullptr) return reception::end;
    Size size = 0;
    void* bytes = nullptr;
    auto const result = shm_mq_receive(queues_[worker], &size, &bytes, !waits);
    if (result == SHM_MQ_WOULD_BLOCK) return reception::nothing_yet;
    if (result == SHM_MQ_DETACHED) {
        queues_[worker] = nullptr;
        return reception::end;
    }
    message = {static_cast<char const*>(bytes), size};
    return reception::message;
}

void worker_group::end() {
    WaitForParallelWorkersToFinish(context_);
    shared_.usage().add(size());
    shared_.parents().detach();
    DestroyParallelContext(context_);
    ExitParallelMode();
}

}  // namespace fkaudit::check
