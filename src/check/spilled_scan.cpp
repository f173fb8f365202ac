#include "src/check/spilled_scan.hpp"

#include "src/check/partition_files.hpp"
#include "src/keys/distinct_list.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using keys::bucket_table;
using keys::over_budget;

/// Parts fit a processor's cache, if there need not be too many of them: each has buffers.
constexpr std::size_t part_bytes = 4 << 20, least_parts = 8, most_parts = 256;

/// Shares of the memory: for the keys that are missing, and for the pages that have them.
constexpr std::size_t missing_share = 4, pages_share = 16;

template <class Key>
std::span<Key const> keys_of(key_gatherer const& some) noexcept {
    if constexpr (std::is_same_v<Key, keys::word>)
        return some.words();
    else
        return some.pairs();
}

struct key_less {
    bool operator()(keys::word a, keys::word b) const noexcept { return a < b; }
    bool operator()(keys::pair const& a, keys::pair const& b) const noexcept {
        return a.high != b.high ? a.high < b.high : a.low < b.low;
    }
};

/// A heap of the child, by its place in their list, and a block of it.
std::uint64_t make_place(std::size_t heap, BlockNumber block) noexcept { return std::uint64_t{heap} << 32 | block; }

/// As many rows as there would be if every page were as full as it can be of rows of this width.
std::uint64_t most_rows(std::span<model::oid const> tables, std::size_t key_size) {
    auto const row_size = MAXALIGN(SizeofHeapTupleHeader) + MAXALIGN(key_size) + sizeof(ItemIdData);
    return count_blocks(tables) * ((BLCKSZ - SizeOfPageHeaderData) / row_size);
}

}  // namespace

/// Both sides' keys in parts, and what comes of comparing them.
template <class Key>
class partitioned_keys {
public:
    partitioned_keys(model::arena& arena, MemoryContext context, std::size_t parts, std::size_t limit)
        : context_(context),
          limit_(limit),
          parts_(parts),
          choosing_seed_(make_seed()),
          seed_(make_seed()),
          parents_(arena, context, parts, sizeof(Key)),
          children_(arena, context, parts, sizeof(record)),
          resource_(context),
          missing_(resource_, limit / missing_share),
          pages_(resource_, limit / pages_share) {}

    /// May ereport.
    void add_parents(std::span<Key const> some) {
        for (auto const& key : some) parents_.add(part_of(key), &key);
    }
    /// May ereport.
    void add_children(std::span<Key const> some, std::uint64_t place) {
        for (auto const& key : some) {
            record const made{key, place};
            children_.add(part_of(key), &made);
        }
    }
    /// A page that has other orphans.
    void add_page(std::uint64_t place) { pages_.add(place); }

    void compare() {
        for (std::size_t part = 0; part < parts_; ++part) compare_part(part);
    }

    /// Gives all files back. May ereport.
    void drop() {
        parents_.close();
        children_.close();
    }

    std::span<std::uint64_t const> pages() { return pages_.finish(); }

    /// The keys without a parent.
    bucket_table<Key> missing() {
        auto const all = missing_.finish();
        auto table = bucket_table<Key>::with_room(resource_, all.size(), seed_);
        table.insert(all);
        return table;
    }

private:
    struct record {
        Key key;
        std::uint64_t place;
    };

    std::size_t part_of(Key const& key) const noexcept {
        __extension__ using product = unsigned __int128;
        return static_cast<std::size_t>(static_cast<product>(keys::hash(key, choosing_seed_)) * parts_ >> 64);
    }

    void compare_part(std::size_t part) {
        scoped_context const own(context_, "fkaudit part of keys");
        pg::context_resource source(own.get());
        keys::bounded_memory memory(source, limit_ - limit_ / missing_share - limit_ / pages_share);
        auto table = bucket_table<Key>::with_room(memory, parents_.records(part), seed_);
        pg::guarded([&] {
            parents_.consume(part, [&](void const* some, std::size_t count) {
                table.insert({static_cast<Key const*>(some), count});
            });
            children_.consume(part, [&](void const* some, std::size_t count) {
                find_missing(table, {static_cast<record const*>(some), count});
            });
        });
    }

    void find_missing(bucket_table<Key> const& table, std::span<record const> some) {
        constexpr std::size_t batch = 128;
        Key keys[batch];
        std::uint32_t missing[batch + 1];
        for (; !some.empty(); some = some.subspan(std::min(batch, some.size()))) {
            auto const count = std::min(batch, some.size());
            std::transform(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count), keys,
                           [](record const& one) { return one.key; });
            auto const found = table.find_missing({keys, count}, missing);
            for (std::size_t number = 0; number < found; ++number) {
                missing_.add(some[missing[number]].key);
                pages_.add(some[missing[number]].place);
            }
        }
    }

    MemoryContext context_;
    std::size_t limit_, parts_;
    std::uint64_t choosing_seed_, seed_;
    partition_files parents_, children_;
    pg::context_resource resource_;
    keys::distinct_list<Key, key_less> missing_;
    keys::distinct_list<std::uint64_t> pages_;
};

namespace {

/// Consecutive pages of one heap, as one part to be read.
template <class Use>
void for_each_run(std::span<std::uint64_t const> pages, std::span<model::oid const> heaps, Use use) {
    while (!pages.empty()) {
        std::size_t count = 1;
        while (count < pages.size() && pages[count] == pages[0] + count) ++count;
        heap_part part;
        part.id = heaps[pages[0] >> 32];
        part.first_block = static_cast<BlockNumber>(pages[0]);
        part.block_count = static_cast<BlockNumber>(count);
        if (!use(part)) return;
        pages = pages.subspan(count);
    }
}

void begin_reading(pg::progress_phase phase, std::span<model::oid const> heaps) {
    if (!pg::is_followed()) return;
    auto const blocks = static_cast<std::int64_t>(count_blocks(heaps));
    pg::guarded([&] { pg::begin_phase(phase, blocks); });
}

}  // namespace

spilled_scan::spilled_scan(work_item& item, key_format const& format, MemoryContext context, std::size_t limit)
    : item_(item),
      format_(format),
      context_(context),
      limit_(limit),
      resource_(context),
      arena_(resource_) {}

void spilled_scan::run(orphan_sink& sink) {
    if (format_.form == key_form::word)
        run_with<keys::word>(sink);
    else
        run_with<keys::pair>(sink);
}

template <class Key>
void spilled_scan::run_with(orphan_sink& sink) {
    auto const& key = *item_.prepared.key;
    auto const parents = heaps(arena_, item_.prepared.parent_tables);
    parts_ = std::clamp<std::size_t>(
        most_rows(parents, sizeof(Key)) * 2 * sizeof(Key) / std::min(part_bytes, limit_ / 4), least_parts, most_parts);
    partitioned_keys<Key> both(arena_, context_, parts_, limit_);

    auto const width = format_.parent.size();
    auto const positions = arena_.array<std::size_t>(width);
    auto const parent_columns = arena_.array<wanted_column>(width), child_columns = arena_.array<wanted_column>(width);
    for (std::size_t part = 0; part < width; ++part) {
        positions[part] = part;
        parent_columns[part] = {key.parent_column(part).name.name, format_.parent[part]};
        child_columns[part] = {key.child_column(part).name.name, format_.child[part]};
    }
    heap_page parent_page(arena_, context_, parent_columns), page(arena_, context_, child_columns);
    key_gatherer parent_gatherer(arena_, format_, format_.parent, positions);
    key_gatherer gatherer(arena_, format_, format_.child, positions);

    begin_reading(pg::progress_phase::reading_parent, parents);
    bool is_over = false;
    try {
        for (auto const id : parents)
            read_heap({.id = id}, parent_page, [&] {
                parent_gatherer.gather(parent_page);
                both.add_parents(keys_of<Key>(parent_gatherer));
                return true;
            });
        spill_children(both, page, gatherer);
        pg::guarded([] { pg::begin_phase(pg::progress_phase::comparing_keys); });
        both.compare();
    } catch (over_budget const&) {
        is_over = true;
    }
    if (is_over) {
        pg::guarded([&] { both.drop(); });
        throw over_budget{};
    }
    report(both, page, gatherer, sink);
}

template <class Key>
void spilled_scan::spill_children(partitioned_keys<Key>& both, heap_page& page, key_gatherer& gatherer) {
    auto const children = heaps(arena_, item_.prepared.child_tables);
    bool const is_full = item_.prepared.key->match == model::match_type::full;
    std::int64_t rows = 0, partly_null = 0;
    bool is_over = false;
    begin_reading(pg::progress_phase::reading_child, children);
    for (std::size_t heap = 0; heap < children.size() && !is_over; ++heap)
        read_heap({.id = children[heap]}, page, [&] {
            gatherer.gather(page);
            auto const place = make_place(heap, page.block());
            both.add_children(keys_of<Key>(gatherer), place);
            rows += page.rows();
            partly_null += static_cast<std::int64_t>(gatherer.partly_null().size());
            try {
                if (is_full && !gatherer.partly_null().empty()) both.add_page(place);
            } catch (over_budget const&) {
                is_over = true;  // the scan is to be ended first
            }
            return !is_over;
        });
    if (is_over) throw over_budget{};
    item_.found->rows_checked = rows;
    if (!is_full) item_.found->partial_null_rows = partly_null;
}

/// Reads the pages that have orphans. A key that is not among the missing ones has its parent.
template <class Key>
void spilled_scan::report(partitioned_keys<Key>& both, heap_page& page, key_gatherer& gatherer, orphan_sink& sink) {
    bool const is_full = item_.prepared.key->match == model::match_type::full;
    auto const missing = both.missing();
    auto const present = arena_.array<std::uint32_t>(MaxHeapTuplesPerPage + 1);
    auto const orphans = arena_.array<std::uint32_t>(MaxHeapTuplesPerPage + 1);
    auto const pages = both.pages();
    pg::guarded([&] { pg::begin_phase(pg::progress_phase::reading_orphans, static_cast<std::int64_t>(pages.size())); });
    for_each_run(pages, heaps(arena_, item_.prepared.child_tables), [&](heap_part const& part) {
        bool wants_more = true;
        read_heap(part, page, [&] {
            gatherer.gather(page);
            auto const some = keys_of<Key>(gatherer);
            auto const present_count = missing.find_missing(some, present.data());
            std::size_t count = 0;
            for (std::uint32_t number = 0, next = 0; number < some.size(); ++number) {
                if (next < present_count && present[next] == number)
                    ++next;
                else
                    orphans[count++] = gatherer.row(number);
            }
            auto const mixed = is_full ? gatherer.partly_null() : std::span<std::uint32_t const>();
            pg::note_orphans(count + mixed.size());
            wants_more = sink.add(page, orphans.first(count), mixed);
            return wants_more;
        });
        return wants_more;
    });
}

}  // namespace fkaudit::check
