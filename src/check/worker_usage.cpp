#include "src/check/worker_usage.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

enum part : std::uint64_t { part_query = 1001, part_buffers, part_wal };

constexpr int part_count = part_wal - part_query + 1;

char const* query_text() noexcept { return debug_query_string == nullptr ? "" : debug_query_string; }

}  // namespace

void worker_usage::estimate(shm_toc_estimator& estimator, int workers) {
    auto const count = static_cast<std::size_t>(workers);
    for (auto const size : {std::strlen(query_text()) + 1, count * sizeof(BufferUsage), count * sizeof(WalUsage)})
        shm_toc_estimate_chunk(&estimator, size);
    shm_toc_estimate_keys(&estimator, part_count);
}

worker_usage worker_usage::create(shm_toc* contents, int workers) {
    auto const make = [contents]<class T>(T*& place, part which, std::size_t size) {
        place = static_cast<T*>(shm_toc_allocate(contents, size));
        shm_toc_insert(contents, which, place);
    };
    auto const count = static_cast<std::size_t>(workers);
    worker_usage made;
    make(made.query_, part_query, std::strlen(query_text()) + 1);
    make(made.buffers_, part_buffers, count * sizeof(BufferUsage));
    make(made.wal_, part_wal, count * sizeof(WalUsage));
    std::strcpy(made.query_, query_text());
    return made;
}

worker_usage worker_usage::attach(shm_toc* contents) {
    auto const find = [contents]<class T>(T*& place, part which) {
        place = static_cast<T*>(shm_toc_lookup(contents, which, false));
    };
    worker_usage found;
    find(found.query_, part_query);
    find(found.buffers_, part_buffers);
    find(found.wal_, part_wal);
    return found;
}

void worker_usage::begin() const {
    debug_query_string = query_;
    pgstat_report_activity(STATE_RUNNING, debug_query_string);
    InstrStartParallelQuery();
}

void worker_usage::end() const { InstrEndParallelQuery(&buffers_[ParallelWorkerNumber], &wal_[ParallelWorkerNumber]); }

void worker_usage::add(int workers) const {
    for (int number = 0; number < workers; ++number) InstrAccumParallelQuery(&buffers_[number], &wal_[number]);
}

}  // namespace fkaudit::check
