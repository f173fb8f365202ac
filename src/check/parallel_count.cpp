#include "src/check/parallel_count.hpp"

#include "src/check/worker_group.hpp"
#include "src/check/worker_report.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// The leader's side. It may ereport.
class report_collector final : public page_listener {
public:
    report_collector(worker_group& workers, report_reader& report) : workers_(workers), report_(report) {}

    /// Workers should not stand still because their queues are full.
    void page_was_read(heap_page const&) override {
        constexpr int pages_between = 16;
        if (++pages_ % pages_between == 0) (void)receive();
    }

    void wait() {
        while (receive()) {
            auto const patience = pg::progress_wait();
            (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (patience >= 0 ? WL_TIMEOUT : 0), patience,
                            PG_WAIT_EXTENSION);
            pg::tick_progress();
            ResetLatch(MyLatch);
            CHECK_FOR_INTERRUPTS();
        }
    }

private:
    /// Reads what is there; false: nothing more will come.
    bool receive() {
        bool any_left = false;
        for (int number = 0; number < workers_.size(); ++number) {
            std::string_view message;
            auto what = workers_.receive(number, message, false);
            for (; what == worker_group::reception::message; what = workers_.receive(number, message, false))
                report_.read(message);
            any_left = any_left || what == worker_group::reception::nothing_yet;
        }
        return any_left;
    }

    worker_group& workers_;
    report_reader& report_;
    int pages_ = 0;
};

}  // namespace

int count_in_parallel(scan_pass& pass, std::span<child_key> keys, std::span<orphan_counter* const> counters,
                      int workers, std::size_t share) {
    shared_scan::order wanted;
    wanted.counting_share = share;
    worker_group group(pass, wanted);
    report_reader report(keys, counters);
    report_collector collector(group, report);
    pg::guarded([&] { group.launch(workers); });
    group.read_parents();
    group.use_shared(keys);

    pass.begin_reading();
    int const launched = group.size();
    child_reader reader(pass.arena(), pass.context(), pass.columns(), keys, &collector);
    if (launched == 0 || parallel_leader_participation) reader.read(group.shared().heaps(pass.arena(), NoLock));
    pg::guarded([&] {
        collector.wait();
        group.end();
        if (report.finished() != launched)
            elog(ERROR, "fkaudit: %d of %d parallel workers sent nothing", launched - report.finished(), launched);
    });
    pass.report(keys, reader.rows() + report.rows());
    return launched;
}

}  // namespace fkaudit::check
