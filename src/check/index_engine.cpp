#include "src/check/index_engine.hpp"

#include "src/check/index_counter.hpp"
#include "src/check/index_lister.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// Rows for each distinct key, on average, from which on an index is worth reading.
constexpr double least_repeats = 8;

/// As pg_statistic has it: 0 is unknown, below 0 a share of the rows.
double distinct_values(model::relation const& table, std::int16_t column) {
    HeapTuple const row = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(table.id), Int16GetDatum(column),
                                          BoolGetDatum(table.is_partitioned()));
    if (!HeapTupleIsValid(row)) return 0;
    double const distinct = reinterpret_cast<Form_pg_statistic>(GETSTRUCT(row))->stadistinct;
    ReleaseSysCache(row);
    return distinct;
}

MemoryContext make_context(pg::call& current) {
    return pg::guarded(
        [&] { return AllocSetContextCreate(current.context(), "fkaudit index engine", ALLOCSET_DEFAULT_SIZES); });
}

void delete_context(MemoryContext context) {
    pg::guarded([&] { MemoryContextDelete(context); });
}

std::string_view describe(model::arena& arena, key_indexes const& chosen, index_pass const& pass) {
    auto const keys = pass.probed();
    auto const where = chosen.children.size() == 1
                           ? chosen.children[0].name
                           : arena.concat("the indexes of ", chosen.children.size(), " partitions");
    auto const probed = arena.concat("probed ", keys, keys == 1 ? " distinct key of " : " distinct keys of ", where);
    auto const lost = pass.unindexed();
    if (lost == 0) return probed;
    return arena.concat(probed, "; ", lost, lost == 1 ? " of them has its parent" : " of them have their parents",
                        " in the heap, but not in ",
                        chosen.parents.size() == 1 ? chosen.parents[0].name : "the parent's indexes", ": REINDEX it");
}

}  // namespace

std::string_view index_engine::refuse(prepared_key const& prepared) {
    key_indexes chosen;
    return choose_indexes(current_, prepared, chosen);
}

bool index_engine::is_worthwhile(model::constraint const& key) {
    auto const rows = static_cast<double>(key.child->rows);
    double keys = 1;
    for (auto const column : key.child_columns) {
        auto const distinct = pg::guarded([&] { return distinct_values(*key.child, column); });
        keys *= distinct < 0 ? -distinct * rows : distinct;
    }
    return keys > 0 && keys * least_repeats <= rows;
}

void index_engine::count(std::span<work_item> items) {
    for (auto& item : items) {
        key_indexes chosen;
        item.left_out = choose_indexes(current_, item.prepared, chosen);
        if (item.left_out.empty()) count_one(item.prepared, chosen, *item.found);
    }
}

void index_engine::list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) {
    for (auto& item : items) {
        // Without the rows' places there is no physical order to be had from an index.
        if (!item.prepared.visible.system_columns) {
            heap_.list({&item, 1}, max_rows, result);
            continue;
        }
        key_indexes chosen;
        item.left_out = choose_indexes(current_, item.prepared, chosen);
        if (item.left_out.empty()) list_one(item.prepared, chosen, max_rows, result);
    }
}

void index_engine::count_one(prepared_key const& prepared, key_indexes const& chosen, verdict& found) {
    auto& arena = current_.arena();
    auto* const context = make_context(current_);
    {
        index_counter counter(arena, *prepared.key, context, chosen.children.size() > 1);
        index_pass pass(current_, prepared, chosen, context, counter);
        pass.run();
        counter.finish(found, current_.context());
        bool const is_full = prepared.key->match == model::match_type::full;
        (is_full ? found.mixed_null_rows : found.partial_null_rows) = pass.partly_null();
        found.rows_checked = std::nullopt;
        found.detail = describe(arena, chosen, pass);
    }
    delete_context(context);
}

void index_engine::list_one(prepared_key const& prepared, key_indexes const& chosen, std::int64_t max_rows,
                            pg::result_set& result) {
    auto* const context = make_context(current_);
    {
        index_lister lister(current_.arena(), prepared, context, result);
        index_pass pass(current_, prepared, chosen, context, lister);
        pass.run();
        lister.finish(max_rows);
    }
    delete_context(context);
}

}  // namespace fkaudit::check
