#include "src/check/orphan_lister.hpp"

#include <limits>

namespace fkaudit::check {

std::span<std::int16_t const> shown_primary_key(model::arena& arena, prepared_key const& prepared) {
    return prepared.visible.primary_key ? primary_key(arena, *prepared.key->child) : std::span<std::int16_t const>();
}

orphan_lister::orphan_lister(model::arena& arena, MemoryContext context, work_item const& item, std::int64_t max_rows,
                             pg::result_set& result)
    : prepared_(item.prepared),
      left_(max_rows < 0 ? std::numeric_limits<std::int64_t>::max() : max_rows),
      result_(result),
      kept_(item.kept),
      shown_(arena, context, *prepared_.key->child, prepared_.key->child_columns, shown_primary_key(arena, prepared_)) {
}

bool orphan_lister::add(heap_page const& page, std::span<std::uint32_t const> missing,
                        std::span<std::uint32_t const> mixed) {
    shown_.begin(page.table());
    merge_rows(missing, mixed, [&](std::uint32_t number, bool is_mixed) {
        if (left_ == 0) return false;
        add([&] {
            auto tuple = page.tuple(number);
            return listed_row{tuple.t_tableOid, tuple.t_self, is_mixed, shown_.build(tuple)};
        });
        return --left_ > 0;
    });
    return left_ > 0;
}

void orphan_lister::describe(pg::row_builder& row, listed_row const& one) const {
    auto const& key = *prepared_.key;
    auto* const place = static_cast<ItemPointer>(palloc(sizeof(ItemPointerData)));  // read after this returns
    *place = one.place;
    row << key.child->id;
    if (key.id != model::no_oid)
        row << key.name;
    else
        row << std::nullopt;
    if (one.values.primary_key != 0)
        row << pg::spi::jsonb{one.values.primary_key};
    else
        row << std::nullopt;
    row << pg::spi::jsonb{one.values.key} << key.parent->id << (one.is_mixed ? "mixed null" : "missing parent")
        << one.table << pg::raw_value{PointerGetDatum(place), false, TIDOID} << key.id;
}

}  // namespace fkaudit::check
