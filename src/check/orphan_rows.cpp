#include "src/check/orphan_rows.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

row_values::row_values(model::arena& arena, model::relation const& table, std::span<std::int16_t const> columns)
    : names_(arena.array<std::string_view>(columns.size())),
      numbers_(arena.array<AttrNumber>(columns.size())),
      values_(arena.array<Datum>(columns.size())),
      nulls_(arena.array<bool>(columns.size())) {
    for (std::size_t position = 0; position < columns.size(); ++position)
        names_[position] = arena.concat(table.find_column(columns[position])->name.name, '\0');
}

void row_values::begin(Relation table) {
    if (table == table_) return;
    table_ = table;
    for (std::size_t position = 0; position < names_.size(); ++position)
        numbers_[position] = get_attnum(RelationGetRelid(table), names_[position].data());
}

void row_values::read(HeapTupleData& row) {
    for (std::size_t position = 0; position < numbers_.size(); ++position)
        values_[position] = heap_getattr(&row, numbers_[position], RelationGetDescr(table_), &nulls_[position]);
}

}  // namespace fkaudit::check
