#pragma once

#include "src/pg/postgres.hpp"

namespace fkaudit::check {

/// What workers show of themselves: the leader's query, for pg_stat_activity, and what each has read and written, for
/// EXPLAIN. In the dynamic shared memory of a parallel context. All functions may ereport.
class worker_usage {
public:
    /// What it takes, asked before the context's memory is made.
    static void estimate(shm_toc_estimator& estimator, int workers);

    /// Writes it, in the leader.
    static worker_usage create(shm_toc* contents, int workers);
    /// Finds it, in a worker.
    static worker_usage attach(shm_toc* contents);

    /// A worker begins, and has ended.
    void begin() const;
    void end() const;

    /// Adds what the workers have read to what the leader has; when they have ended.
    void add(int workers) const;

private:
    char* query_ = nullptr;
    BufferUsage* buffers_ = nullptr;
    WalUsage* wal_ = nullptr;
};

}  // namespace fkaudit::check
