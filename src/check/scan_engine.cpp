#include "src/check/scan_engine.hpp"

#include "src/check/orphan_counter.hpp"
#include "src/check/orphan_lister.hpp"
#include "src/check/parallel_count.hpp"
#include "src/check/parallel_list.hpp"
#include "src/check/scan_pass.hpp"
#include "src/check/spill_sizes.hpp"
#include "src/check/spilled_scan.hpp"
#include "src/check/worker_count.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using text = std::string_view;
using ids = std::span<model::oid const>;

constexpr text too_large = "the parent's keys take more memory than maintenance_work_mem",
               vast = "the parent's keys take more memory than a processor's cache";

std::size_t memory_limit() { return static_cast<std::size_t>(maintenance_work_mem) * 1024; }

std::size_t parents_limit() { return memory_limit() - memory_limit() / 8; }

constexpr std::size_t least_share = 65536;

/// An eighth of the memory is for counting orphans; each key's share of it.
std::size_t counting_share(std::size_t key_count) {
    return std::max(memory_limit() / 8 / std::max<std::size_t>(key_count, 1), least_share);
}

/// Whether these are heaps, or partitioned tables of heaps.
bool are_heaps(ids tables) {
    return pg::guarded([&] {
        return std::all_of(tables.begin(), tables.end(), [](Oid id) {
            HeapTuple const tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(id));
            if (!HeapTupleIsValid(tuple)) return false;
            auto const* const row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
            bool const is_heap = row->relkind == RELKIND_PARTITIONED_TABLE ||
                                 (row->relkind == RELKIND_RELATION && row->relam == HEAP_TABLE_AM_OID);
            ReleaseSysCache(tuple);
            return is_heap;
        });
    });
}

bool are_shown_by_builtins(model::relation const& table, std::span<std::int16_t const> columns) {
    return pg::guarded([&] {
        return std::all_of(columns.begin(), columns.end(), [&](std::int16_t number) {
            auto const& column = *table.find_column(number);
            return column.generated != 'v' && is_shown_by_builtins(column.type);
        });
    });
}

text find_obstacle(pg::call& current, prepared_key const& prepared) {
    auto const& key = *prepared.key;
    if (!find_key_format(current.arena(), key)) return "its operators, types or collations do not compare byte by byte";
    if (!are_shown_by_builtins(*key.child, key.child_columns)) return "showing its values could run a user's code";
    for (auto const tables : {prepared.child_tables, prepared.parent_tables})
        if (!are_heaps(tables)) return "not all of its tables are heaps of this database";
    return {};
}

/// `, with the help of 2 parallel workers`; empty where there were none.
text describe_help(model::arena& arena, text before, int helpers) {
    if (helpers == 0) return {};
    return arena.concat(before, "with the help of ", helpers, helpers == 1 ? " parallel worker" : " parallel workers");
}

model::vector<work_item*> pointers(model::arena& arena, std::span<work_item> items) {
    model::vector<work_item*> all(arena);
    for (auto& item : items) all.push_back(&item);
    return all;
}

/// Examines all items: `examine(scan_pass&, leftover&)` some in one reading, and each that is too large for that by
/// `examine_large(work_item&, text why)`; false: it could not, which those that are not too large but vast are returned for.
template <class Leftover, class Examine, class ExamineLarge>
void examine_all(pg::call& current, std::span<work_item> items, Examine examine, ExamineLarge examine_large) {
    auto left = pointers(current.arena(), items);
    while (!left.empty()) {
        Leftover more(current.arena());
        {
            scan_pass pass(current, spills_all ? 1 : parents_limit());
            for (auto* const item : left) pass.add(*item, *find_key_format(pass.arena(), *item->prepared.key));
            examine(pass, more);
        }
        for (auto* const item : more.large) (void)examine_large(*item, too_large);
        for (auto* const item : more.vast)
            if (!examine_large(*item, vast)) more.return_vast(*item);
        left.swap(more.later);
    }
}

}  // namespace

text scan_engine::refuse_count(prepared_key const& prepared) { return find_obstacle(current_, prepared); }

text scan_engine::refuse_list(prepared_key const& prepared) {
    if (auto const no = find_obstacle(current_, prepared); !no.empty()) return no;
    if (!prepared.visible.system_columns)
        return "rows are listed in physical order, which needs SELECT on all of the child";
    if (!prepared.visible.primary_key) return {};
    auto const& child = *prepared.key->child;
    return are_shown_by_builtins(child, primary_key(current_.arena(), child))
               ? text()
               : "showing the rows' primary key could run a user's code";
}

/// Examines an item by temporary files; `make_sink(model::arena&, MemoryContext, key_format const&)` gives what its orphans
/// go to, and `finish(sink)` ends that.
template <class MakeSink, class Finish>
bool scan_engine::spill(work_item& item, text why, MakeSink make_sink, Finish finish) {
    scoped_context const context(current_.context(), "fkaudit spilled scan");
    pg::context_resource resource(context.get());
    model::arena arena(resource);
    auto const format = *find_key_format(arena, *item.prepared.key);
    item.left_out = why;
    if (!spilled_scan::serves(format)) return false;
    spilled_scan scan(item, format, context.get(), parents_limit());
    int const workers = may_use_workers_ ? choose_workers(arena, item.prepared) : 0;
    used_workers_ = used_workers_ || workers > 0;
    try {
        scan.compare(workers);
    } catch (keys::over_budget const&) {
        return false;
    }
    auto* const sink = make_sink(arena, context.get(), format);
    scan.report(*sink);
    item.left_out = {};
    item.found->detail =
        current_.arena().concat(why, ": both sides were compared in ", scan.parts(), " parts in temporary files",
                                describe_help(arena, ", ", scan.helpers()));
    finish(*sink);
    return true;
}

struct scan_engine::leftover {
    explicit leftover(model::arena& arena) : later(arena), large(arena), vast(arena) {}

    void add(work_item& item, bool is_large) { (is_large ? large : later).push_back(&item); }

    /// Its set would fit the memory, even so.
    void return_vast(work_item& item) {
        item.left_out = {};
        later.push_back(&item);
    }

    model::vector<work_item*> later, large, vast;
};

void scan_engine::count(std::span<work_item> items) {
    auto const share = counting_share(items.size());
    examine_all<leftover>(
        current_, items, [&](scan_pass& pass, leftover& left) { count_pass(pass, share, left); },
        [&](work_item& item, text why) { return count_large(item, why, share); });
}

/// Reads the parents, unless several processes are to do that: returns how many workers. Vast ones are left out once.
int scan_engine::read_parents(scan_pass& pass, purpose_of_workers purpose, leftover& left) {
    if (may_leave_vast_)
        pass.leave_vast([&](work_item& item, bool must) { (must ? left.large : left.vast).push_back(&item); });
    may_leave_vast_ = false;
    if (pass.keys().empty()) return 0;
    // A list's leader does not read itself, so one worker would be no help.
    int const least = purpose == purpose_of_workers::list ? 2 : 1;
    auto const leave = [&](work_item& item, bool is_alone) { left.add(item, is_alone); };
    int const workers = may_use_workers_ && may_share_parents_ ? choose_workers(pass, purpose) : 0;
    if (workers >= least && pass.read_doubtful_parents(leave)) return workers;
    pass.read_parents(leave);
    return 0;
}

void scan_engine::count_pass(scan_pass& pass, std::size_t share, leftover& left) {
    int const workers = read_parents(pass, purpose_of_workers::count, left);
    if (pass.keys().empty()) return;

    share = std::max(share / (static_cast<std::size_t>(workers) + 1), least_share);
    auto const keys = pass.child_keys();
    auto const counters = pass.arena().array<orphan_counter*>(keys.size());
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto const& one = *pass.keys()[number];
        counters[number] = make_in<orphan_counter>(pass.arena(), pass.arena(), pass.context(), *one.item->prepared.key,
                                                   one.format, share);
        keys[number].sink = counters[number];
    }
    int helpers = 0;
    if (workers > 0) {
        used_workers_ = true;
        helpers = count_in_parallel(pass, keys, counters, workers, share);
        take_out_unread(pass, keys, left);
    } else {
        pass.read(keys);
    }
    for (std::size_t number = 0; number < keys.size(); ++number) {
        if (keys[number].set == nullptr) continue;
        auto& found = *pass.keys()[number]->item->found;
        counters[number]->finish(found, current_.context());
        if (helpers > 0) found.detail = describe_help(current_.arena(), "scanned ", helpers);
    }
}

/// Those whose parents did not fit the shared memory: one process has twice as much.
void scan_engine::take_out_unread(scan_pass& pass, std::span<child_key const> keys, leftover& left) {
    for (std::size_t number = 0; number < keys.size(); ++number) {
        if (keys[number].set != nullptr) continue;
        left.add(*pass.keys()[number]->item, false);
        may_share_parents_ = false;
    }
}

bool scan_engine::count_large(work_item& item, text why, std::size_t share) {
    return spill(
        item, why,
        [&](model::arena& arena, MemoryContext context, key_format const& format) {
            return make_in<orphan_counter>(arena, arena, context, *item.prepared.key, format, share);
        },
        [&](orphan_counter& counter) { counter.finish(*item.found, current_.context()); });
}

void scan_engine::list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) {
    examine_all<leftover>(
        current_, items, [&](scan_pass& pass, leftover& left) { list_pass(pass, max_rows, result, left); },
        [&](work_item& item, text why) {
            return spill(
                item, why,
                [&](model::arena& arena, MemoryContext context, key_format const&) {
                    // Rows that are in the result cannot be taken back: listed again, they would come twice.
                    used_workers_ = used_workers_ && item.kept != nullptr;
                    return make_in<orphan_lister>(arena, arena, context, item, max_rows, result);
                },
                [](orphan_lister&) {});
        });
}

void scan_engine::list_pass(scan_pass& pass, std::int64_t max_rows, pg::result_set& result, leftover& left) {
    // A limit may be reached on the first page, which one process knows at once.
    auto const purpose = max_rows < 0 ? purpose_of_workers::list : purpose_of_workers::none;
    int const workers = read_parents(pass, purpose, left);
    if (pass.keys().empty()) return;

    auto const keys = pass.child_keys();
    auto const listers = pass.arena().array<orphan_lister*>(keys.size());
    bool is_kept = true;
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto const& item = *pass.keys()[number]->item;
        is_kept = is_kept && item.kept != nullptr;
        keys[number].sink = listers[number] =
            make_in<orphan_lister>(pass.arena(), pass.arena(), pass.context(), item, max_rows, result);
    }
    if (workers == 0) return pass.read(keys);
    used_workers_ = true;
    parallel_list list(pass, workers);
    list.launch(workers);
    // Rows that are in the result cannot be taken back: listed again, they would come twice.
    used_workers_ = is_kept;
    list.run(keys, listers);
    take_out_unread(pass, keys, left);
}

}  // namespace fkaudit::check
