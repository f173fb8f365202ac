#include "src/check/spilled_scan.hpp"

#include "src/check/part_comparison.hpp"
#include "src/check/spill_group.hpp"
#include "src/check/spill_process.hpp"
#include "src/check/spill_sizes.hpp"
#include "src/keys/distinct_list.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using keys::bucket_table;
using keys::over_budget;

/// Shares of the memory: for the keys that are missing, for where the children come from, and for what goes to files. The
/// rest is for the parts' sets.
constexpr std::size_t missing_share = 4, groups_share = 16, staging_share = 4;

/// As many rows as there would be if every page were as full as it can be of rows of this width.
std::uint64_t most_rows(std::span<model::oid const> tables, std::size_t key_size) {
    auto const row_size = MAXALIGN(SizeofHeapTupleHeader) + MAXALIGN(key_size) + sizeof(ItemIdData);
    return count_blocks(tables) * ((BLCKSZ - SizeOfPageHeaderData) / row_size);
}

/// For as many there is memory, or nearly so.
std::size_t most_processes(std::size_t limit, std::size_t parts) noexcept {
    constexpr std::size_t allowance = 4 << 20;
    return std::max<std::size_t>((limit / staging_share + allowance) / (parts * least_extent), 1);
}

void copy_name(char* into, std::string_view name) noexcept {
    auto const size = std::min<std::size_t>(name.size(), NAMEDATALEN - 1);
    std::memcpy(into, name.data(), size);
}

}  // namespace

spilled_scan::spilled_scan(work_item& item, key_format const& format, MemoryContext context, std::size_t limit)
    : item_(item),
      format_(format),
      context_(context),
      limit_(limit),
      resource_(context),
      arena_(resource_),
      parents_(heaps(arena_, item.prepared.parent_tables)),
      children_(heaps(arena_, item.prepared.child_tables)) {}

/// What is compared, and what the answer is made of, does not depend on the number of workers: what they share of the
/// memory does.
void spilled_scan::make_plan(int workers) {
    auto const& key = *item_.prepared.key;
    plan_ = {};
    plan_.form = format_.form;
    plan_.has_fields = !format_.fields.empty();
    plan_.is_full = key.match == model::match_type::full;
    plan_.is_followed = pg::is_followed();
    plan_.width = format_.child.size();
    plan_.heaps[0] = parents_.size();
    plan_.heaps[1] = children_.size();
    auto const record = plan_.record_bytes();
    plan_.parts = std::clamp<std::size_t>(most_rows(parents_, record) * 2 * record / std::min(part_bytes, limit_ / 4),
                                          least_parts, most_parts);
    plan_.processes = std::min(static_cast<std::size_t>(workers) + 1, most_processes(limit_, plan_.parts));
    plan_.extent_bytes =
        std::clamp(limit_ / staging_share / plan_.processes / plan_.parts / least_extent * least_extent, least_extent,
                   most_extent);
    plan_.table_limit = limit_ - limit_ / missing_share - limit_ / groups_share - limit_ / staging_share;
    plan_.missing_limit = missing_bytes;
    auto const group_bytes = keys::row_groups::bytes(1, plan_.parts) - keys::row_groups::bytes(0, plan_.parts);
    auto const rows = most_rows(children_, 1);
    auto const most = std::max<std::uint64_t>(limit_ / groups_share / group_bytes, 1);
    plan_.group_rows = std::max(least_group, 2 * rows / most);
    plan_.most_groups = plan_.processes + static_cast<std::size_t>(std::min(most, 2 * rows / plan_.group_rows + 1));
    plan_.choosing_seed = make_seed();
    plan_.seed = make_seed();
    for (std::size_t part = 0; part < plan_.width; ++part) {
        copy_name(plan_.columns[0][part].name, key.parent_column(part).name.name);
        copy_name(plan_.columns[1][part].name, key.child_column(part).name.name);
        plan_.columns[0][part].format = format_.parent[part];
        plan_.columns[1][part].format = format_.child[part];
    }
    std::copy(format_.fields.begin(), format_.fields.end(), plan_.fields);
}

bool spilled_scan::is_cheap(std::uint64_t keys, std::size_t record_bytes, std::size_t limit) noexcept {
    constexpr std::size_t most_bytes = std::size_t{1} << 30;
    auto const bytes = keys * record_bytes;
    bool const is_allowed = temp_file_limit < 0 || bytes < static_cast<std::size_t>(temp_file_limit) * 1024;
    return bytes <= std::min(limit, most_bytes) && is_allowed;
}

void spilled_scan::compare(int workers) {
    make_plan(workers);
    spill_group group;
    pg::guarded([&] { group.launch(context_, plan_, parents_, children_); });
    helpers_ = group.workers();
    bool is_over = false;
    try {
        if (format_.form == key_form::word)
            compare_as<keys::word>(group);
        else
            compare_as<keys::pair>(group);
    } catch (over_budget const&) {
        is_over = true;
    }
    pg::guarded([&] { group.end(); });
    if (is_over) throw over_budget{};
}

/// The leader's share, and what comes of all.
template <class Key>
void spilled_scan::compare_as(spill_group& group) {
    auto& board = group.board();
    spill_process<Key> self(board, context_, 0, NoLock);
    pg::guarded([&] { group.wait_for_workers(); });
    self.run();
    pg::guarded([&] { (void)board.wait(spill_phase::comparing); });
    bool is_over = self.is_over();
    if (!is_over) {
        try {
            take_missing<Key>(self);
            take_pages(board);
        } catch (over_budget const&) {
            is_over = true;
        }
    }
    pg::guarded([&] { self.close(); });
    if (is_over) throw over_budget{};
    item_.found->rows_checked = board.rows();
    if (!plan_.is_full) item_.found->partial_null_rows = board.partly_null();
}

/// The keys without a parent, as a set.
template <class Key, class Process>
void spilled_scan::take_missing(Process& self) {
    scoped_context const scratch(context_, "fkaudit missing keys");
    pg::context_resource resource(scratch.get());
    keys::distinct_list<Key, key_less> list(resource, limit_ / missing_share);
    pg::guarded([&] {
        self.read_missing([&](std::span<Key const> some) {
            for (auto const& one : some) list.add(one);
        });
    });
    auto const all = list.finish();
    auto table = bucket_table<Key>::with_room(resource_, all.size(), plan_.seed);
    table.insert(all);
    if constexpr (std::is_same_v<Key, keys::word>)
        missing_words_ = table;
    else
        missing_pairs_ = table;
}

/// The pages of the groups that have orphans, as parts of the heaps.
void spilled_scan::take_pages(spill_board const& board) {
    auto const ranges = board.groups().marked(arena_);
    std::size_t count = 0;
    for (auto const& one : ranges) count += one.last.heap - one.first.heap + 1;
    pages_ = arena_.array<heap_part>(count);
    count = 0;
    for (auto const& one : ranges)
        for (auto heap = one.first.heap; heap <= one.last.heap; ++heap) {
            auto& part = pages_[count++];
            part.id = children_[heap];
            part.first_block = heap == one.first.heap ? one.first.block : 0;
            // What has been added to the heap meanwhile is nothing that the snapshot sees.
            auto const end = heap == one.last.heap ? one.last.block + 1
                                                   : static_cast<BlockNumber>(count_blocks(children_.subspan(heap, 1)));
            part.block_count = end - part.first_block;
        }
}

void spilled_scan::report(orphan_sink& sink) {
    std::int64_t blocks = 0;
    for (auto const& part : pages_) blocks += part.block_count;
    pg::guarded([&] { pg::begin_phase(pg::progress_phase::reading_orphans, blocks); });
    if (format_.form == key_form::word)
        report_as(*missing_words_, sink);
    else
        report_as(*missing_pairs_, sink);
}

/// Reads the pages that have orphans. A key that is not among the missing ones has its parent.
template <class Key>
void spilled_scan::report_as(bucket_table<Key> const& missing, orphan_sink& sink) {
    side_reader reader(arena_, context_, plan_, key_side::child);
    auto const present = arena_.array<std::uint32_t>(MaxHeapTuplesPerPage + 1);
    auto const orphans = arena_.array<std::uint32_t>(MaxHeapTuplesPerPage + 1);
    bool wants_more = true;
    for (auto const& part : pages_) {
        reader.read(part, [&] {
            auto const some = reader.template keys<Key>();
            auto const present_count = missing.find_missing(some, present.data());
            std::size_t count = 0;
            for (std::uint32_t number = 0, next = 0; number < some.size(); ++number) {
                if (next < present_count && present[next] == number)
                    ++next;
                else
                    orphans[count++] = reader.gatherer().row(number);
            }
            auto const mixed = plan_.is_full ? reader.gatherer().partly_null() : std::span<std::uint32_t const>();
            pg::note_orphans(count + mixed.size());
            wants_more = sink.add(reader.page(), orphans.first(count), mixed);
            return wants_more;
        });
        if (!wants_more) return;
    }
}

}  // namespace fkaudit::check
