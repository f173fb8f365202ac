#include "src/check/scan_engine.hpp"

#include "src/check/orphan_counter.hpp"
#include "src/check/orphan_lister.hpp"
#include "src/check/parallel_count.hpp"
#include "src/check/parallel_list.hpp"
#include "src/check/scan_pass.hpp"
#include "src/check/spilled_scan.hpp"
#include "src/check/worker_count.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using text = std::string_view;
using ids = std::span<model::oid const>;

constexpr text too_large = "the parent's keys take more memory than maintenance_work_mem";

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

/// Whether Citus spreads one of these over nodes: the local heap holds none of its rows.
bool are_distributed(pg::call& current, ids tables) {
    bool const has_citus =
        pg::guarded([] { return OidIsValid(get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE)); });
    if (!has_citus) return false;
    static constexpr char const* query = R"(
SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid::pg_catalog.oid = ANY ($1)))";
    return std::get<0>(pg::spi::select<pg::spi::row<bool>>(current.arena(), query, tables)[0]);
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
    for (auto const tables : {prepared.child_tables, prepared.parent_tables}) {
        if (!are_heaps(tables)) return "not all of its tables are heaps of this database";
        if (are_distributed(current, tables)) return "its tables are spread over the nodes of a cluster";
    }
    return {};
}

/// Examines items in one reading, as many as the memory is enough for; others wait for the next one, and those that it is
/// not enough for alone are too large.
template <class Examine>
void examine_fitting(pg::call& current, model::vector<work_item*> const& items, model::vector<work_item*>& later,
                     model::vector<work_item*>& large, Examine examine) {
    scan_pass pass(current, parents_limit());
    for (auto* const item : items) {
        auto const format = find_key_format(pass.arena(), *item->prepared.key);
        try {
            pass.add(*item, *format);
        } catch (keys::over_budget const&) {
            (pass.keys().empty() ? large : later).push_back(item);
        }
    }
    if (!pass.keys().empty()) examine(pass);
}

/// Examines an item by temporary files; `make_sink(model::arena&, MemoryContext, key_format const&)` gives what its orphans
/// go to, and `finish(sink)` ends that.
template <class MakeSink, class Finish>
void spill(pg::call& current, work_item& item, MakeSink make_sink, Finish finish) {
    scoped_context const context(current.context(), "fkaudit spilled scan");
    pg::context_resource resource(context.get());
    model::arena arena(resource);
    auto const format = *find_key_format(arena, *item.prepared.key);
    item.left_out = too_large;
    if (!spilled_scan::serves(format)) return;
    spilled_scan scan(item, format, context.get(), parents_limit());
    auto* const sink = make_sink(arena, context.get(), format);
    try {
        scan.run(*sink);
    } catch (keys::over_budget const&) {
        return;
    }
    item.left_out = {};
    item.found->detail =
        current.arena().concat(too_large, ": both sides were compared in ", scan.parts(), " parts in temporary files");
    finish(*sink);
}

/// Examines the first items of a list, and takes them off the list: `examine(scan_pass&)` in one reading, and each that is
/// too large for that by `examine_large(work_item&)`.
template <class Examine, class ExamineLarge>
void examine_some(pg::call& current, model::vector<work_item*>& items, Examine examine, ExamineLarge examine_large) {
    model::vector<work_item*> later(current.arena()), large(current.arena());
    examine_fitting(current, items, later, large, examine);
    for (auto* const item : large) examine_large(*item);
    items.swap(later);
}

model::vector<work_item*> pointers(model::arena& arena, std::span<work_item> items) {
    model::vector<work_item*> all(arena);
    for (auto& item : items) all.push_back(&item);
    return all;
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

void scan_engine::count(std::span<work_item> items) {
    auto left = pointers(current_.arena(), items);
    while (!left.empty()) {
        auto const share = counting_share(left.size());
        examine_some(
            current_, left, [&](scan_pass& pass) { count_pass(pass, share); },
            [&](work_item& item) { count_large(item, share); });
    }
}

void scan_engine::count_pass(scan_pass& pass, std::size_t share) {
    int const workers = may_use_workers_ ? choose_workers(pass, purpose_of_workers::count) : 0;
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
    } else {
        pass.read(keys);
    }
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto& found = *pass.keys()[number]->item->found;
        counters[number]->finish(found, current_.context());
        if (helpers > 0)
            found.detail = current_.arena().concat("scanned with the help of ", helpers,
                                                   helpers == 1 ? " parallel worker" : " parallel workers");
    }
}

void scan_engine::count_large(work_item& item, std::size_t share) {
    spill(
        current_, item,
        [&](model::arena& arena, MemoryContext context, key_format const& format) {
            return make_in<orphan_counter>(arena, arena, context, *item.prepared.key, format, share);
        },
        [&](orphan_counter& counter) { counter.finish(*item.found, current_.context()); });
}

void scan_engine::list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) {
    auto left = pointers(current_.arena(), items);
    auto const list_large = [&](work_item& item) {
        spill(
            current_, item,
            [&](model::arena& arena, MemoryContext context, key_format const&) {
                return make_in<orphan_lister>(arena, arena, context, item, max_rows, result);
            },
            [](orphan_lister&) {});
    };
    while (!left.empty())
        examine_some(
            current_, left, [&](scan_pass& pass) { list_pass(pass, max_rows, result); }, list_large);
}

void scan_engine::list_pass(scan_pass& pass, std::int64_t max_rows, pg::result_set& result) {
    auto const keys = pass.child_keys();
    auto const listers = pass.arena().array<orphan_lister*>(keys.size());
    bool is_kept = true;
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto const& item = *pass.keys()[number]->item;
        is_kept = is_kept && item.kept != nullptr;
        keys[number].sink = listers[number] =
            make_in<orphan_lister>(pass.arena(), pass.arena(), pass.context(), item, max_rows, result);
    }
    // A limit may be reached on the first page, which one process knows at once. This one does not read itself, so one
    // worker would be no help.
    int const workers = may_use_workers_ && max_rows < 0 ? choose_workers(pass, purpose_of_workers::list) : 0;
    if (workers < 2) return pass.read(keys);
    used_workers_ = true;
    parallel_list list(pass, workers);
    list.launch(workers);
    // Rows that are in the result cannot be taken back: listed again, they would come twice.
    used_workers_ = is_kept;
    list.run(keys, listers);
}

}  // namespace fkaudit::check
