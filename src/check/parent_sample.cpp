#include "src/check/parent_sample.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

constexpr std::uint64_t most_pages = 64;

/// Whether such keys may lie close together. Of several integers nobody knows before all have been seen.
enum class density { unknown, by_range, never };

density judge_density(key_format const& format) noexcept {
    if (format.form == key_form::pair && format.fields.empty()) return density::never;
    return format.form == key_form::word && format.fields.size() == 1 ? density::by_range : density::unknown;
}

/// The block of a number among those of all tables.
heap_part find_block(std::span<model::oid const> tables, std::span<std::uint64_t const> blocks, std::uint64_t number) {
    heap_part part;
    for (std::size_t table = 0; table < tables.size(); ++table) {
        part.id = tables[table];
        part.first_block = static_cast<BlockNumber>(number);
        if (number < blocks[table]) break;
        number -= blocks[table];
    }
    part.block_count = 1;
    return part;
}

}  // namespace

parent_sample sample_parent(MemoryContext context, parent_source const& from, key_format const& format) {
    scoped_context const scratch(context, "fkaudit parent sample");
    pg::context_resource resource(scratch.get());
    model::arena arena(resource);
    heap_page page(arena, scratch.get(), from.columns);
    auto const positions = arena.array<std::size_t>(from.columns.size());
    for (std::size_t position = 0; position < positions.size(); ++position) positions[position] = position;
    key_gatherer gatherer(arena, format, format.parent, positions);
    auto const blocks = arena.array<std::uint64_t>(from.tables.size());
    for (std::size_t table = 0; table < blocks.size(); ++table)
        blocks[table] = count_blocks(from.tables.subspan(table, 1));

    auto const pages = std::min(most_pages, from.blocks);
    std::uint64_t rows = 0;
    auto least = std::numeric_limits<std::int64_t>::max(), greatest = std::numeric_limits<std::int64_t>::min();
    for (std::uint64_t number = 0; number < pages; ++number)
        read_heap(find_block(from.tables, blocks, number * from.blocks / pages), page, [&] {
            gatherer.gather(page);
            rows += gatherer.complete();
            for (auto const word : gatherer.words()) {
                least = std::min(least, static_cast<std::int64_t>(word));
                greatest = std::max(greatest, static_cast<std::int64_t>(word));
            }
            return true;
        });

    parent_sample found;
    found.rows = pages == 0 ? 0 : rows * from.blocks / pages;
    auto const how = judge_density(format);
    // One bit for each possible key, against a table that is half full of words.
    found.is_sparse = how == density::never ||
                      (how == density::by_range && rows > 0 &&
                       (static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least)) / 128 > found.rows);
    return found;
}

}  // namespace fkaudit::check
