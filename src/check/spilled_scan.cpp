#include "src/check/spilled_scan.hpp"

#include "src/check/partition_files.hpp"
#include "src/keys/distinct_list.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using keys::bucket_table;
using keys::over_budget;

/// Parts fit a processor's cache, if there need not be too many of them: each has its place in memory.
constexpr std::size_t part_bytes = 1 << 20, least_parts = 8, most_parts = 256;

/// Shares of the memory: for the keys that are missing, for where the children come from, and for what goes to files, of
/// each side.
constexpr std::size_t missing_share = 4, groups_share = 16, staging_share = 8;

/// A group's keys, at the least: the pages of a group are read again where one of them has an orphan.
constexpr std::uint64_t least_group = 8192;

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

/// As many rows as there would be if every page were as full as it can be of rows of this width.
std::uint64_t most_rows(std::span<model::oid const> tables, std::size_t key_size) {
    auto const row_size = MAXALIGN(SizeofHeapTupleHeader) + MAXALIGN(key_size) + sizeof(ItemIdData);
    return count_blocks(tables) * ((BLCKSZ - SizeOfPageHeaderData) / row_size);
}

}  // namespace

/// Both sides' keys in parts, and what comes of comparing them. Children come in groups of consecutive pages: which group a
/// key is of is known by its number in its part.
template <class Key>
class partitioned_keys {
public:
    struct group {
        std::size_t heap;  ///< its number
        BlockNumber first, end;
        bool has_orphans;
    };

    /// `most_children`: so many rows at the most.
    partitioned_keys(model::arena& arena, MemoryContext context, std::size_t parts, std::size_t limit,
                     std::uint64_t most_children)
        : context_(context),
          limit_(limit),
          parts_(parts),
          group_size_(
              std::max(least_group, most_children / (limit / groups_share / sizeof(std::uint32_t) / parts + 1))),
          choosing_seed_(make_seed()),
          seed_(make_seed()),
          parents_(arena, context, parts, sizeof(Key), limit / staging_share),
          children_(arena, context, parts, sizeof(Key), limit / staging_share),
          resource_(context),
          groups_(model::allocator<group>(resource_)),
          counts_(model::allocator<std::uint32_t>(resource_)),
          missing_(resource_, limit / missing_share) {}

    /// May ereport.
    void add_parents(std::span<Key const> some) {
        for (auto const& key : some) parents_.add(part_of(key), key);
    }

    /// The next page of the child: its complete keys, and whether it has other orphans. May ereport.
    void add_children(std::span<Key const> some, std::size_t heap, BlockNumber block, bool has_orphans) {
        if (groups_.empty() || group_rows_ >= group_size_ || groups_.back().heap != heap) {
            groups_.push_back({heap, block, block, false});
            counts_.resize(groups_.size() * parts_);
            group_rows_ = 0;
        }
        auto& last = groups_.back();
        last.end = block + 1;
        last.has_orphans = last.has_orphans || has_orphans;
        group_rows_ += some.size() + 1;
        auto* const counts = &counts_[(groups_.size() - 1) * parts_];
        for (auto const& key : some) {
            auto const part = part_of(key);
            ++counts[part];
            children_.add(part, key);
        }
    }

    void compare() {
        std::size_t most = 0;
        for (std::size_t part = 0; part < parts_; ++part) most = std::max(most, parents_.records(part));
        scoped_context const own(context_, "fkaudit part of keys");
        pg::context_resource source(own.get());
        keys::bounded_memory memory(
            source, limit_ - limit_ / missing_share - limit_ / groups_share - 2 * (limit_ / staging_share));
        auto* const place = keys::allocate_lines(memory, bucket_table<Key>::bytes(bucket_table<Key>::fit(most, seed_)));
        for (std::size_t part = 0; part < parts_; ++part) compare_part(part, place);
    }

    /// Gives the files back. May ereport.
    void drop() {
        parents_.close();
        children_.close();
    }

    std::span<group const> groups() const noexcept { return {groups_.data(), groups_.size()}; }

    /// The keys without a parent.
    bucket_table<Key> missing() {
        auto const all = missing_.finish();
        auto table = bucket_table<Key>::with_room(resource_, all.size(), seed_);
        table.insert(all);
        return table;
    }

private:
    std::size_t part_of(Key const& key) const noexcept {
        __extension__ using product = unsigned __int128;
        return static_cast<std::size_t>(static_cast<product>(keys::hash(key, choosing_seed_)) * parts_ >> 64);
    }

    /// `place`: zeroed up to where an earlier part has used it.
    void compare_part(std::size_t part, std::byte* place) {
        auto const form = bucket_table<Key>::fit(parents_.records(part), seed_);
        std::memset(place, 0, bucket_table<Key>::bytes(form));
        bucket_table<Key> table(form, place);
        pg::guarded([&] {
            parents_.consume(part, [&](void const* some, std::size_t count) {
                table.insert({static_cast<Key const*>(some), count});
            });
            std::size_t group = 0;
            std::uint64_t group_end = counts_.empty() ? 0 : counts_[part], number = 0;
            children_.consume(part, [&](void const* some, std::size_t count) {
                find_missing(table, {static_cast<Key const*>(some), count}, [&](std::size_t position) {
                    for (; number + position >= group_end; group_end += counts_[group * parts_ + part]) ++group;
                    groups_[group].has_orphans = true;
                });
                number += count;
            });
        });
    }

    /// `note(position)` for each key that is missing, in their order.
    template <class Note>
    void find_missing(bucket_table<Key> const& table, std::span<Key const> some, Note note) {
        constexpr std::size_t batch = 128;
        std::uint32_t missing[batch + 1];
        for (std::size_t start = 0; start < some.size(); start += batch) {
            auto const part = some.subspan(start, std::min(batch, some.size() - start));
            auto const found = table.find_missing(part, missing);
            for (std::size_t number = 0; number < found; ++number) {
                missing_.add(part[missing[number]]);
                note(start + missing[number]);
            }
        }
    }

    MemoryContext context_;
    std::size_t limit_, parts_;
    std::uint64_t group_size_, group_rows_ = 0;
    std::uint64_t choosing_seed_, seed_;
    partition_files parents_, children_;
    pg::context_resource resource_;
    model::vector<group> groups_;
    model::vector<std::uint32_t> counts_;  ///< of a group's keys in each part
    keys::distinct_list<Key, key_less> missing_;
};

namespace {

/// The groups that have orphans, those side by side as one part to be read.
template <class Groups, class Use>
void for_each_run(Groups groups, std::span<model::oid const> heaps, Use use) {
    while (!groups.empty()) {
        auto const first = groups[0];
        groups = groups.subspan(1);
        if (!first.has_orphans) continue;
        auto end = first.end;
        for (; !groups.empty() && groups[0].has_orphans && groups[0].heap == first.heap; groups = groups.subspan(1))
            end = groups[0].end;
        heap_part part;
        part.id = heaps[first.heap];
        part.first_block = first.first;
        part.block_count = end - first.first;
        if (!use(part)) return;
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
    auto const children = heaps(arena_, item_.prepared.child_tables);
    partitioned_keys<Key> both(arena_, context_, parts_, limit_, most_rows(children, 1));

    auto const width = format_.child.size();
    auto const positions = arena_.array<std::size_t>(width);
    auto const columns = arena_.array<wanted_column>(width);
    for (std::size_t part = 0; part < width; ++part) {
        positions[part] = part;
        columns[part] = {key.child_column(part).name.name, format_.child[part]};
    }
    heap_page page(arena_, context_, columns);
    key_gatherer gatherer(arena_, format_, format_.child, positions);

    bool is_over = false;
    try {
        spill_parents(both, parents);
        spill_children(both, page, gatherer);
        pg::guarded([] { pg::begin_phase(pg::progress_phase::comparing_keys); });
        both.compare();
    } catch (over_budget const&) {
        is_over = true;
    }
    pg::guarded([&] { both.drop(); });
    if (is_over) throw over_budget{};
    report(both, page, gatherer, sink);
}

template <class Key>
void spilled_scan::spill_parents(partitioned_keys<Key>& both, std::span<model::oid const> parents) {
    auto const& key = *item_.prepared.key;
    auto const width = format_.parent.size();
    auto const positions = arena_.array<std::size_t>(width);
    auto const columns = arena_.array<wanted_column>(width);
    for (std::size_t part = 0; part < width; ++part) {
        positions[part] = part;
        columns[part] = {key.parent_column(part).name.name, format_.parent[part]};
    }
    heap_page page(arena_, context_, columns);
    key_gatherer gatherer(arena_, format_, format_.parent, positions);
    begin_reading(pg::progress_phase::reading_parent, parents);
    for (auto const id : parents)
        read_heap({.id = id}, page, [&] {
            gatherer.gather(page);
            both.add_parents(keys_of<Key>(gatherer));
            return true;
        });
}

template <class Key>
void spilled_scan::spill_children(partitioned_keys<Key>& both, heap_page& page, key_gatherer& gatherer) {
    auto const children = heaps(arena_, item_.prepared.child_tables);
    bool const is_full = item_.prepared.key->match == model::match_type::full;
    std::int64_t rows = 0, partly_null = 0;
    begin_reading(pg::progress_phase::reading_child, children);
    for (std::size_t heap = 0; heap < children.size(); ++heap)
        read_heap({.id = children[heap]}, page, [&] {
            gatherer.gather(page);
            auto const partly = gatherer.partly_null().size();
            both.add_children(keys_of<Key>(gatherer), heap, page.block(), is_full && partly > 0);
            rows += page.rows();
            partly_null += static_cast<std::int64_t>(partly);
            return true;
        });
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
    std::int64_t pages = 0;
    for (auto const& one : both.groups())
        if (one.has_orphans) pages += std::int64_t{one.end} - one.first;
    pg::guarded([&] { pg::begin_phase(pg::progress_phase::reading_orphans, pages); });
    for_each_run(both.groups(), heaps(arena_, item_.prepared.child_tables), [&](heap_part const& part) {
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
