#include "src/check/extent_store.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

extent_store::extent_store(model::arena& arena, spill_board& board, std::size_t number)
    : board_(board),
      files_(arena, board.files(), number, board.plan().processes, board.plan().extent_bytes,
             board.plan().record_bytes()),
      chunks_(arena.array<std::byte*>(board.plan().most_chunks)) {}

std::byte* extent_store::place(model::arena& arena) {
    if (board_.plan().most_chunks > 0) return take();
    return reinterpret_cast<std::byte*>(
        arena.array<std::uint64_t>(board_.plan().extent_bytes / sizeof(std::uint64_t)).data());
}

/// An extent in memory, which knows what it is called.
std::byte* extent_store::take() {
    auto const& plan = board_.plan();
    if (left_ == 0) {
        auto const number = board_.take_chunk();
        next_ = board_.chunk(number);
        left_ = plan.extents_in_chunk();
        next_id_ = static_cast<std::uint32_t>(number * left_);
    }
    auto* const place = next_;
    reinterpret_cast<keys::extent_head*>(place)->id = next_id_++;
    next_ += plan.extent_bytes;
    --left_;
    return place;
}

std::byte* extent_store::keep(std::byte* extent, std::size_t bytes, std::uint32_t& id) {
    if (board_.plan().most_chunks == 0) return files_.keep(extent, bytes, id);
    id = reinterpret_cast<keys::extent_head const*>(extent)->id;
    return take();
}

std::byte const* extent_store::get(std::size_t process, std::uint32_t id) {
    auto const& plan = board_.plan();
    if (plan.most_chunks == 0) return files_.get(process, id);
    auto& chunk = chunks_[id / plan.extents_in_chunk()];
    if (chunk == nullptr) chunk = board_.chunk(id / plan.extents_in_chunk());
    return chunk + id % plan.extents_in_chunk() * plan.extent_bytes;
}

}  // namespace fkaudit::check
