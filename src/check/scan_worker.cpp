#include "src/check/scan_worker.hpp"

#include "src/check/row_queue.hpp"
#include "src/check/shared_scan.hpp"
#include "src/check/worker_report.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/process.hpp"

namespace fkaudit::check {

namespace {

class worker {
public:
    worker(shared_scan const& shared, shm_mq_handle* queue, MemoryContext context)
        : shared_(shared),
          queue_(queue),
          context_(context),
          resource_(context),
          arena_(resource_),
          keys_(arena_.array<child_key>(shared.keys())),
          // Locks of one group do not conflict; it is the server's rule that who reads a table has one.
          heaps_(shared.heaps(arena_, AccessShareLock)) {}

    /// Others can go on with what this process has read, and it with what they have.
    void read_parents(shared_parents parents) {
        parents.read(context_, AccessShareLock);
        pg::guarded([&] {
            parents.wait();
            if (shared_.wanted().is_followed) pg::join_progress();
        });
    }

    void count() {
        report_writer report(arena_, queue_);
        auto const counters = arena_.array<orphan_counter*>(keys_.size());
        for (std::size_t number = 0; number < keys_.size(); ++number) {
            auto const copy = shared_.copy_key(number, arena_);
            auto* const others = make_in<sent_values>(arena_, report, number);
            counters[number] = make_in<orphan_counter>(arena_, arena_, context_, *copy.key, *copy.format,
                                                       shared_.wanted().counting_share, others);
            take(number, copy.reading, counters[number]);
        }
        child_reader reader(arena_, context_, shared_.columns(arena_), keys_);
        reader.read(heaps_);
        pg::guarded([&] {
            for (auto* const counter : counters) counter->hand_over();
            report.finish(reader.rows(), keys_, counters);
        });
    }

    void list() {
        row_writer writer(arena_, queue_, heaps_);
        for (std::size_t number = 0; number < keys_.size(); ++number) {
            auto const copy = shared_.copy_key(number, arena_);
            take(number, copy.reading,
                 make_in<row_sender>(arena_, arena_, context_, writer, number, *copy.key, copy.primary_columns));
        }
        child_reader reader(arena_, context_, shared_.columns(arena_), keys_, &writer);
        reader.read(heaps_);
        pg::guarded([&] { writer.finish(); });
    }

private:
    void take(std::size_t number, child_key const& reading, orphan_sink* sink) {
        auto& one = keys_[number] = reading;
        one.sink = sink;
        one.set = pg::guarded([&] { return shared_.parent_of(number, arena_); });
        one.is_done = one.set == nullptr;
    }

    shared_scan const& shared_;
    shm_mq_handle* queue_;
    MemoryContext context_;
    pg::context_resource resource_;
    model::arena arena_;
    std::span<child_key> keys_;
    std::span<heap_part const> heaps_;
};

}  // namespace

void work(shm_toc* contents, dsm_segment* segment, MemoryContext context) {
    // The leader's scan needs nobody's code; the worker has the leader's rights, and its gate.
    pg::function_gate const gate{{}};
    shm_mq_handle* queue = nullptr;
    auto shared = pg::guarded([&] {
        auto const found = shared_scan::attach(contents, segment);
        shm_mq_set_sender(found.queue(ParallelWorkerNumber), MyProc);
        queue = shm_mq_attach(found.queue(ParallelWorkerNumber), segment, nullptr);
        found.usage().begin();
        return found;
    });

    worker self(shared, queue, context);
    self.read_parents(shared.parents());
    if (shared.wanted().lists)
        self.list();
    else
        self.count();
    pg::guarded([&] {
        shm_mq_detach(queue);
        shared.parents().detach();
        shared.usage().end();
    });
}

}  // namespace fkaudit::check
