#include "src/check/sql_engine.hpp"

#include "src/check/key_sql.hpp"
#include "src/check/locks.hpp"
#include "src/pg/progress.hpp"
#include "src/pg/settings.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using pg::spi::jsonb;
using pg::spi::row;
using text = std::string_view;
template <class T>
using maybe = std::optional<T>;

template <class Row>
Row select_one(model::arena& arena, text query) {
    return pg::spi::select<Row>(arena, arena.c_string(query))[0];
}

orphan_columns write_orphan_columns(model::arena& arena, prepared_key const& prepared) {
    auto const& child = *prepared.key->child;
    auto const& visible = prepared.visible;
    // A shard's place, and its OID, say nothing on this server.
    bool const is_placed = visible.system_columns && !prepared.is_spread;
    orphan_columns columns;
    columns.row_key = visible.primary_key ? write_object(arena, child, "c.", primary_key(arena, child))
                                          : text("NULL::pg_catalog.jsonb");
    columns.place = is_placed ? "c.ctid" : "NULL::pg_catalog.tid";
    if (!child.is_partitioned() || prepared.is_spread)
        columns.table = arena.concat(child.id, "::pg_catalog.oid");
    else
        columns.table = visible.system_columns ? "c.tableoid" : "NULL::pg_catalog.oid";
    columns.order = is_placed ? "4, 5" : "1, 2";
    return columns;
}

}  // namespace

void sql_engine::count(std::span<work_item> items) {
    pg::guarded([] { pg::begin_phase(pg::progress_phase::running_query); });
    for (auto& item : items) count(item);
}

void sql_engine::list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) {
    pg::guarded([] { pg::begin_phase(pg::progress_phase::running_query); });
    for (auto& item : items) list(item, max_rows, result);
}

bool sql_engine::was_beyond(prepared_key const& prepared) {
    return was_read_beyond(current_, *prepared.key->child, prepared.child_tables);
}

void sql_engine::count(work_item& item) {
    auto& arena = current_.arena();
    auto const& key = *item.prepared.key;
    auto& found = *item.found;
    auto const sql = write_key_sql(arena, key);

    // The orphans first: a partition that is attached while this runs is only counted.
    auto const [orphans, missing, example] =
        select_one<row<std::int64_t, maybe<std::int64_t>, maybe<jsonb>>>(arena, missing_parents_query(arena, sql));
    item.is_beyond = was_beyond(item.prepared);
    bool const is_full = key.match == model::match_type::full;
    if (key.child_columns.size() > 1 || !child_rows_) {
        auto const [rows, partly_null] =
            select_one<row<std::int64_t, std::int64_t>>(arena, row_counts_query(arena, sql));
        child_rows_ = rows;
        (is_full ? found.mixed_null_rows : found.partial_null_rows) = partly_null;
    }
    found.rows_checked = *child_rows_;
    found.orphan_rows = orphans + found.mixed_null_rows;
    found.missing_keys = missing;
    if (example)
        found.example = example->value;
    else if (found.mixed_null_rows > 0)
        found.example = std::get<0>(select_one<row<jsonb>>(arena, partly_null_example_query(arena, sql))).value;
    if (!sql.can_group)
        found.detail = "the distinct missing keys are not counted: a key column's type has no equality of its own";
}

void sql_engine::list(work_item& item, std::int64_t max_rows, pg::result_set& result) {
    auto& arena = current_.arena();
    auto const& prepared = item.prepared;
    auto const& key = *prepared.key;
    auto const query =
        orphans_query(arena, key, write_key_sql(arena, key), write_orphan_columns(arena, prepared), max_rows);
    result.add_query(
        query,
        [&key](pg::row_builder& row, TupleTableSlot* slot) {
            auto const value = [&](int position, Oid type) {
                return pg::raw_value{slot->tts_values[position], slot->tts_isnull[position], type};
            };
            row << key.child->id;
            if (key.id != model::no_oid)
                row << key.name;
            else
                row << std::nullopt;
            row << value(0, JSONBOID) << value(1, JSONBOID) << key.parent->id << value(2, TEXTOID)
                << value(3, REGCLASSOID) << value(4, TIDOID) << key.id;
        },
        item.kept);
    item.is_beyond = was_beyond(prepared);
}

namespace {

/// For the rest of the GUC level: the call's, or that of the subtransaction under way.
void set(char const* name, char const* value) {
    (void)set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

}  // namespace

void set_check_settings() {
    // The server refuses a query that a policy would filter, instead of answering it wrongly.
    pg::guarded([] { set("row_security", "off"); });
}

void set_reading_settings() {
    pg::guarded([] {
        // Only heaps decide. A setting of the caller that makes scanning them cost as much as using an index would let
        // a damaged index in, and one against hashing would compare each row with each.
        for (char const* const path : {"enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan"})
            set(path, "off");
        for (char const* const path :
             {"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_sort", "enable_hashagg"})
            set(path, "on");
        // Nor is a CHECK or a partition's bound taken for the proof that rows need not be looked at.
        set("constraint_exclusion", "off");
        set("enable_partition_pruning", "off");
        set("enable_partitionwise_join", "off");

        // As RI_Initial_Check does; a parallel hash join takes work_mem for each of its processes.
        int const workers = pg::max_parallel_workers();
        char number[32];
        snprintf(number, sizeof number, "%d", workers);
        set("max_parallel_workers_per_gather", number);
        snprintf(number, sizeof number, "%d", std::max(maintenance_work_mem / (workers + 1), 64));
        set("work_mem", number);
        set("hash_mem_multiplier", "1");
    });
}

}  // namespace fkaudit::check
