#include "src/check/orphan_lister.hpp"

#include <limits>

namespace fkaudit::check {

namespace {

std::span<std::int16_t const> shown_key(model::arena& arena, prepared_key const& prepared) {
    return prepared.visible.primary_key ? primary_key(arena, *prepared.key->child) : std::span<std::int16_t const>();
}

/// Two sorted lists of rows as one: `next(is_second)` at each step.
template <class Use>
void merge(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second, Use use) {
    while (!first.empty() || !second.empty()) {
        bool const is_second = first.empty() || (!second.empty() && second.front() < first.front());
        auto& from = is_second ? second : first;
        if (!use(from.front(), is_second)) return;
        from = from.subspan(1);
    }
}

}  // namespace

orphan_lister::orphan_lister(model::arena& arena, MemoryContext context, work_item const& item, std::int64_t max_rows,
                             pg::result_set& result)
    : prepared_(item.prepared),
      left_(max_rows < 0 ? std::numeric_limits<std::int64_t>::max() : max_rows),
      result_(result),
      kept_(item.kept),
      key_(arena, *prepared_.key->child, prepared_.key->child_columns),
      primary_key_(arena, *prepared_.key->child, shown_key(arena, prepared_)),
      key_object_(arena, context, *prepared_.key->child, prepared_.key->child_columns),
      primary_object_(arena, context, *prepared_.key->child, shown_key(arena, prepared_)) {}

bool orphan_lister::add(heap_page const& page, std::span<std::uint32_t const> missing,
                        std::span<std::uint32_t const> mixed) {
    key_.begin(page.table());
    primary_key_.begin(page.table());
    merge(missing, mixed, [&](std::uint32_t number, bool is_mixed) {
        if (left_ == 0) return false;
        result_.add([&](pg::row_builder& row) { describe(row, page, number, is_mixed); }, kept_);
        return --left_ > 0;
    });
    return left_ > 0;
}

void orphan_lister::describe(pg::row_builder& row, heap_page const& page, std::uint32_t number, bool is_mixed) {
    auto const& key = *prepared_.key;
    auto tuple = page.tuple(number);
    key_.read(tuple);
    auto* const place = static_cast<ItemPointer>(palloc(sizeof(ItemPointerData)));  // read after this returns
    *place = tuple.t_self;
    row << key.child->id;
    if (key.id != model::no_oid)
        row << key.name;
    else
        row << std::nullopt;
    if (primary_key_.size() > 0) {
        primary_key_.read(tuple);
        row << pg::spi::jsonb{primary_object_.build(primary_key_.values(), primary_key_.nulls())};
    } else {
        row << std::nullopt;
    }
    row << pg::spi::jsonb{key_object_.build(key_.values(), key_.nulls())} << key.parent->id
        << (is_mixed ? "mixed null" : "missing parent") << tuple.t_tableOid
        << pg::raw_value{PointerGetDatum(place), false, TIDOID} << key.id;
}

}  // namespace fkaudit::check
