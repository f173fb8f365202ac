#include "src/check/parallel_list.hpp"

#include "src/check/row_queue.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// Merges the rows of the workers. A page is one worker's alone, and each worker's pages come in their order.
class row_merger {
public:
    row_merger(model::arena& arena, worker_group& group, std::span<orphan_lister* const> listers)
        : group_(group),
          heaps_(group.shared().heaps(arena, NoLock)),
          listers_(listers),
          sources_(arena.array<source>(static_cast<std::size_t>(group.size()))) {}

    /// May ereport.
    void run() {
        while (auto* const first = find_first()) {
            CHECK_FOR_INTERRUPTS();
            pg::tick_progress();
            if (first->rows.has_row())
                list_page(*first);
            else
                wait_for(*first);
        }
    }

    /// Whether all workers have sent all.
    bool has_all() const noexcept {
        return std::all_of(sources_.begin(), sources_.end(), [](source const& one) { return one.rows.has_finished(); });
    }

private:
    struct source {
        row_reader rows{};
        bool is_done = false;
    };

    /// The worker that the next row may come from.
    source* find_first() noexcept {
        source* first = nullptr;
        for (auto& one : sources_)
            if (!one.is_done && (first == nullptr || one.rows.place() < first->rows.place())) first = &one;
        return first;
    }

    void list_page(source& from) {
        auto const place = from.rows.place();
        while (from.rows.has_row() && from.rows.place() == place)
            listers_[from.rows.key()]->add([&] { return from.rows.read(heaps_); });
    }

    void wait_for(source& from) {
        std::string_view message;
        if (group_.receive(static_cast<int>(&from - sources_.data()), message, true) ==
            worker_group::reception::message)
            from.rows.take(message);
        else
            from.is_done = true;
    }

    worker_group& group_;
    std::span<heap_part const> heaps_;
    std::span<orphan_lister* const> listers_;
    std::span<source> sources_;
};

}  // namespace

/// Room for the rows of the pages that a worker gets at a time, of which many may be orphans: while the leader takes
/// those of one worker, the others need not stand still.
shared_scan::order parallel_list::order(scan_pass const& pass, int workers) {
    constexpr std::size_t least = 65536, most = 1048576;
    shared_scan::order wanted;
    wanted.lists = true;
    wanted.queue_size = MAXALIGN_DOWN(std::clamp(pass.limit() / 8 / static_cast<std::size_t>(workers), least, most));
    return wanted;
}

void parallel_list::launch(int workers) {
    pg::guarded([&] { group_.launch(workers); });
    group_.read_parents();
}

void parallel_list::run(std::span<child_key> keys, std::span<orphan_lister* const> listers) {
    group_.use_shared(keys);
    pass_.begin_reading();
    int const launched = group_.size();
    row_merger merger(pass_.arena(), group_, listers);
    if (launched == 0) {
        child_reader reader(pass_.arena(), pass_.context(), pass_.columns(), keys);
        reader.read(group_.shared().heaps(pass_.arena(), NoLock));
    }
    pg::guarded([&] {
        merger.run();
        group_.end();
        if (!merger.has_all()) elog(ERROR, "fkaudit: not all of %d parallel workers sent all", launched);
    });
}

}  // namespace fkaudit::check
