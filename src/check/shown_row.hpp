#pragma once

#include "src/check/json_object.hpp"
#include "src/check/orphan_rows.hpp"

namespace fkaudit::check {

/// What fk_orphans shows of a row's values: its key and, where the columns say so, its primary key, as jsonb.
class shown_row {
public:
    shown_row(model::arena& arena, MemoryContext context, model::relation const& child,
              std::span<std::int16_t const> key_columns, std::span<std::int16_t const> primary_columns)
        : key_(arena, child, key_columns),
          primary_key_(arena, child, primary_columns),
          key_object_(arena, context, child, key_columns),
          primary_object_(arena, context, child, primary_columns) {}

    /// Prepares for a table's rows. May ereport.
    void begin(Relation table) {
        key_.begin(table);
        primary_key_.begin(table);
    }

    struct values {
        Datum key = 0;
        Datum primary_key = 0;  ///< 0: none
    };
    /// In the current context. May ereport.
    values build(HeapTupleData& row) {
        values built;
        if (primary_key_.size() > 0) {
            primary_key_.read(row);
            built.primary_key = primary_object_.build(primary_key_.values(), primary_key_.nulls());
        }
        key_.read(row);
        built.key = key_object_.build(key_.values(), key_.nulls());
        return built;
    }

private:
    row_values key_, primary_key_;
    json_object key_object_, primary_object_;
};

/// Two sorted lists of rows as one: `use(row, is_second)` at each step; false ends it.
template <class Use>
void merge_rows(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second, Use use) {
    while (!first.empty() || !second.empty()) {
        bool const is_second = first.empty() || (!second.empty() && second.front() < first.front());
        auto& from = is_second ? second : first;
        if (!use(from.front(), is_second)) return;
        from = from.subspan(1);
    }
}

}  // namespace fkaudit::check
