#pragma once

#include "src/check/shared_scan.hpp"

namespace fkaudit::check {

/// The workers of a scan, as their leader has them. Members but the constructor may ereport; what is left then goes with
/// the subtransaction that it must run in.
class worker_group {
public:
    worker_group(scan_pass& pass, shared_scan::order const& wanted) : pass_(pass), wanted_(wanted) {}
    worker_group(worker_group const&) = delete;
    worker_group& operator=(worker_group const&) = delete;

    /// Starts so many workers, or fewer.
    void launch(int workers);
    /// Reads the parents together with them. Not inside a guard.
    void read_parents();
    int size() const noexcept { return context_->nworkers_launched; }
    shared_scan const& shared() const noexcept { return shared_; }

    /// Lets the keys be looked for in what was read; those whose parents take too much memory are done already.
    void use_shared(std::span<child_key> keys) const;

    enum class reception : char { message, nothing_yet, end };
    /// A message of a worker; it is valid until the next one of this worker's. `waits`: never nothing_yet.
    reception receive(int worker, std::string_view& message, bool waits);

    /// Waits until all workers have gone, raises their errors, and ends the parallel mode.
    void end();

private:
    scan_pass& pass_;
    shared_scan::order wanted_;
    ParallelContext* context_ = nullptr;
    shared_scan shared_{};
    shm_mq_handle** queues_ = nullptr;
};

}  // namespace fkaudit::check
