#pragma once

#include "src/check/key_gatherer.hpp"
#include "src/check/spill_board.hpp"

namespace fkaudit::check {

/// The keys of one side, as they come page by page.
class side_reader {
public:
    /// Its memory is the arena's, which is a context below `context`; the plan must last.
    side_reader(model::arena& arena, MemoryContext context, spill_plan const& plan, key_side side)
        : format_(plan.format()),
          columns_(plan.wanted(arena, side)),
          formats_(arena.array<column_format>(columns_.size())),
          positions_(arena.array<std::size_t>(columns_.size())),
          page_(arena, context, columns_),
          gatherer_(arena, format_, formats_, positions_) {
        for (std::size_t part = 0; part < columns_.size(); ++part) {
            formats_[part] = columns_[part].format;
            positions_[part] = part;
        }
    }
    side_reader(side_reader const&) = delete;
    side_reader& operator=(side_reader const&) = delete;

    /// `use()` for each page that has visible rows, as read_heap() has it.
    template <class Use>
    void read(heap_part const& part, Use use) {
        read_heap(part, page_, [&] {
            gatherer_.gather(page_);
            return use();
        });
    }

    heap_page const& page() const noexcept { return page_; }
    key_gatherer const& gatherer() const noexcept { return gatherer_; }

    /// The page's complete keys.
    template <class Key>
    std::span<Key const> keys() const noexcept {
        if constexpr (std::is_same_v<Key, keys::word>)
            return gatherer_.words();
        else
            return gatherer_.pairs();
    }

private:
    key_format format_;
    std::span<wanted_column> columns_;
    std::span<column_format> formats_;
    std::span<std::size_t> positions_;
    heap_page page_;
    key_gatherer gatherer_;
};

}  // namespace fkaudit::check
