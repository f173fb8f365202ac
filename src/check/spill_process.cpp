#include "src/check/spill_process.hpp"

#include "src/check/part_comparison.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

template <class Key>
spill_process<Key>::spill_process(spill_board& board, MemoryContext context, std::size_t number, LOCKMODE lock)
    : board_(board),
      context_(context),
      number_(number),
      lock_(lock),
      resource_(context),
      arena_(resource_),
      files_(arena_, board.files(), number, board.plan().processes, board.plan().extent_bytes, sizeof(Key)) {}

template <class Key>
void spill_process<Key>::run() {
    auto phase = board_.join();
    if (phase < spill_phase::comparing) phase = read_sides(phase);
    if (phase != spill_phase::comparing) return;
    pg::guarded([&] { board_.tell(phase); });
    if (!is_over()) compare();
    pg::guarded([&] { board_.end(); });
}

/// Says that it has done its share, and goes on when all have.
template <class Key>
spill_phase spill_process<Key>::end(spill_phase phase) {
    pg::guarded([&] {
        board_.end();
        (void)board_.wait(phase);
    });
    return static_cast<spill_phase>(static_cast<std::uint32_t>(phase) + 1);
}

template <class Key>
spill_phase spill_process<Key>::read_sides(spill_phase phase) {
    scoped_context const own(context_, "fkaudit spilled keys");
    pg::context_resource resource(own.get());
    model::arena arena(resource);
    writer parts(arena, files_, places(arena, board_.plan().parts), board_.plan().extent_bytes);
    if (phase == spill_phase::reading_parent) {
        read_parents(arena, own.get(), parts);
        phase = end(phase);
    }
    if (phase == spill_phase::reading_child) {
        if (!is_over()) read_children(arena, own.get(), parts);
        phase = end(phase);
    }
    return phase;
}

template <class Key>
void spill_process<Key>::read_parents(model::arena& arena, MemoryContext context, writer& parts) {
    side_reader reader(arena, context, board_.plan(), key_side::parent);
    pg::guarded([&] { board_.tell(spill_phase::reading_parent); });
    for (auto const& heap : board_.heaps(arena, key_side::parent, lock_))
        reader.read(heap, [&] {
            write(parts, reader.template keys<Key>());
            return true;
        });
    pg::guarded([&] { parts.finish(board_.written(number_, key_side::parent)); });
}

template <class Key>
void spill_process<Key>::read_children(model::arena& arena, MemoryContext context, writer& parts) {
    side_reader reader(arena, context, board_.plan(), key_side::child);
    auto groups = board_.groups();
    keys::group_maker maker(groups, number_, board_.plan().group_rows);
    bool const is_full = board_.plan().is_full;
    std::int64_t rows = 0, partly_null = 0;
    pg::guarded([&] { board_.tell(spill_phase::reading_child); });
    auto const heaps = board_.heaps(arena, key_side::child, lock_);
    for (std::uint32_t heap = 0; heap < heaps.size(); ++heap)
        reader.read(heaps[heap], [&] {
            auto const partly = reader.gatherer().partly_null().size();
            maker.add({heap, reader.page().block()}, reader.page().rows(), is_full && partly > 0,
                      [&](std::size_t part) { return parts.records(part); });
            write(parts, reader.template keys<Key>());
            rows += reader.page().rows();
            partly_null += static_cast<std::int64_t>(partly);
            return true;
        });
    pg::guarded([&] { parts.finish(board_.written(number_, key_side::child)); });
    board_.add_rows(rows, partly_null);
}

template <class Key>
void spill_process<Key>::compare() {
    auto const bytes = table_bytes();
    // The first one has room in any case.
    if (board_.join_comparison() >= std::max<std::size_t>(board_.plan().table_limit / bytes, 1)) return;
    scoped_context const own(context_, "fkaudit part of keys");
    pg::context_resource resource(own.get());
    model::arena arena(resource);
    writer missing(arena, files_, places(arena, 1), board_.plan().extent_bytes);
    part_comparison comparison(arena, board_, files_, missing, keys::allocate_lines(resource, bytes));
    for (auto part = board_.take_part(); part < board_.plan().parts; part = board_.take_part())
        pg::guarded([&] { comparison.run(part); });
    pg::guarded([&] { missing.finish(&board_.missing(number_)); });
}

/// Of the largest part's set.
template <class Key>
std::size_t spill_process<Key>::table_bytes() const noexcept {
    std::uint64_t most = 0;
    for (std::size_t part = 0; part < board_.plan().parts; ++part)
        most = std::max(most, board_.records(key_side::parent, part));
    return keys::bucket_table<Key>::bytes(keys::bucket_table<Key>::fit(most, 0));
}

template <class Key>
bool spill_process<Key>::is_over() const noexcept {
    if (table_bytes() > board_.plan().table_limit) return true;
    for (std::size_t process = 0; process < board_.plan().processes; ++process)
        for (std::size_t part = 0; part < board_.plan().parts; ++part)
            if (board_.written(process, key_side::child)[part].records > UINT32_MAX) return true;
    return false;
}

template <class Key>
void spill_process<Key>::write(writer& parts, std::span<Key const> some) const {
    __extension__ using product = unsigned __int128;
    parts.add(some, [seed = board_.plan().choosing_seed, count = board_.plan().parts](Key const& key) {
        return static_cast<std::size_t>(static_cast<product>(keys::hash(key, seed)) * count >> 64);
    });
}

/// Room for so many extents.
template <class Key>
std::span<std::byte* const> spill_process<Key>::places(model::arena& arena, std::size_t count) const {
    auto const bytes = board_.plan().extent_bytes;
    auto const memory = arena.array<std::uint64_t>(count * bytes / sizeof(std::uint64_t));
    auto const all = arena.array<std::byte*>(count);
    for (std::size_t number = 0; number < count; ++number)
        all[number] = reinterpret_cast<std::byte*>(memory.data()) + number * bytes;
    return all;
}

template class spill_process<keys::word>;
template class spill_process<keys::pair>;

}  // namespace fkaudit::check
