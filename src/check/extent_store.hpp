#pragma once

#include "src/check/extent_files.hpp"
#include "src/check/spill_board.hpp"

namespace fkaudit::check {

/// Extents of records that the processes write, and all of them can read: in the board's memory, or in temporary files.
/// Members but the constructor may ereport.
class extent_store {
public:
    /// `number`: the process's. Its memory is the arena's.
    extent_store(model::arena& arena, spill_board& board, std::size_t number);
    extent_store(extent_store const&) = delete;
    extent_store& operator=(extent_store const&) = delete;

    /// Room for an extent. What is in files needs only so much of it as is open at a time, in memory of `arena`.
    std::byte* place(model::arena& arena);

    /// Keeps an extent that is filled, and says what it is called. Returns room for the next one.
    std::byte* keep(std::byte* extent, std::size_t bytes, std::uint32_t& id);

    /// An extent that a process has kept, until the next one is asked for.
    std::byte const* get(std::size_t process, std::uint32_t id);

    void close() { files_.close(); }

private:
    std::byte* take();

    spill_board& board_;
    extent_files files_;
    std::span<std::byte*> chunks_;  ///< of memory, those that were asked for
    std::byte* next_ = nullptr;     ///< in this process's chunk
    std::uint32_t next_id_ = 0;
    std::size_t left_ = 0;  ///< extents
};

}  // namespace fkaudit::check
