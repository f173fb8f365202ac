#pragma once

#include "src/check/extent_files.hpp"
#include "src/check/parent_keys.hpp"
#include "src/check/side_reader.hpp"

namespace fkaudit::check {

/// What one of the processes does that compare a key's sides in parts: it reads its share of the parent's and then of the
/// child's pages, writing their keys by parts, and then compares the parts that it takes, one by one.
template <class Key>
class spill_process {
public:
    /// `lock`: what it takes while it reads a table. Its memory is below `context`.
    spill_process(spill_board& board, MemoryContext context, std::size_t number, LOCKMODE lock);
    spill_process(spill_process const&) = delete;
    spill_process& operator=(spill_process const&) = delete;

    /// Takes part until there is nothing left to begin with; others may still be comparing.
    void run();

    /// When a side has been read: a part of it is too large to be compared.
    bool is_over() const noexcept;
    /// When all is compared: `use(std::span<Key const>)` for the keys without a parent; some come more than once. May
    /// ereport.
    template <class Use>
    void read_missing(Use use) {
        for (std::size_t process = 0; process < board_.plan().processes; ++process)
            keys::read_chain<Key>(
                board_.missing(process), [&](std::uint32_t id) { return files_.get(process, id); },
                [&](std::span<Key const> some, std::uint64_t) { use(some); });
    }
    /// May ereport.
    void close() { files_.close(); }

private:
    using writer = keys::chain_writer<Key, extent_files>;

    spill_phase read_sides(spill_phase phase);
    void read_parents(model::arena& arena, MemoryContext context, writer& parts);
    void read_children(model::arena& arena, MemoryContext context, writer& parts);
    void compare();
    spill_phase end(spill_phase phase);
    std::size_t table_bytes() const noexcept;
    void write(writer& parts, std::span<Key const> some) const;
    std::span<std::byte* const> places(model::arena& arena, std::size_t count) const;

    spill_board& board_;
    MemoryContext context_;
    std::size_t number_;
    LOCKMODE lock_;
    pg::context_resource resource_;
    model::arena arena_;
    extent_files files_;
};

extern template class spill_process<keys::word>;
extern template class spill_process<keys::pair>;

}  // namespace fkaudit::check
