#include "src/check/scan_worker.hpp"

#include "src/check/shared_scan.hpp"
#include "src/check/worker_report.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"

namespace fkaudit::check {

void work(shm_toc* contents, dsm_segment* segment, MemoryContext context) {
    // The leader's scan needs nobody's code; the worker has the leader's rights, and its gate.
    pg::function_gate const gate{{}};
    pg::context_resource resource(context);
    model::arena arena(resource);
    shm_mq_handle* queue = nullptr;
    auto const shared = pg::guarded([&] {
        auto const found = shared_scan::attach(contents);
        debug_query_string = found.query();
        pgstat_report_activity(STATE_RUNNING, debug_query_string);
        shm_mq_set_sender(found.queue(ParallelWorkerNumber), MyProc);
        queue = shm_mq_attach(found.queue(ParallelWorkerNumber), segment, nullptr);
        InstrStartParallelQuery();
        return found;
    });

    report_writer report(arena, queue);
    auto const keys = arena.array<child_key>(shared.keys());
    auto const counters = arena.array<orphan_counter*>(shared.keys());
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto const copy = shared.copy_key(number, arena);
        counters[number] =
            make_in<orphan_counter>(arena, arena, context, *copy.key, *copy.format, shared.counting_share(),
                                    make_in<sent_values>(arena, report, number));
        keys[number] = copy.reading;
        keys[number].sink = counters[number];
    }
    child_reader reader(arena, context, shared.columns(arena), keys);
    // Locks of one group do not conflict; it is the server's rule that who reads a table has one.
    reader.read(shared.heaps(arena, AccessShareLock));

    pg::guarded([&] {
        for (auto* const counter : counters) counter->hand_over();
        report.finish(reader.rows(), keys, counters);
        shm_mq_detach(queue);
        InstrEndParallelQuery(shared.buffers(ParallelWorkerNumber), shared.wal(ParallelWorkerNumber));
    });
}

}  // namespace fkaudit::check
