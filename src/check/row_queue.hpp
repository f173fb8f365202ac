#pragma once

#include "src/check/child_reader.hpp"
#include "src/check/orphan_lister.hpp"

namespace fkaudit::check {

/// Where a page lies among those of a scan: heaps by their number, then blocks.
struct page_place {
    std::uint32_t heap = 0, block = 0;

    friend auto operator<=>(page_place const&, page_place const&) = default;
};

/// Sends the orphans' rows that a worker finds through a queue to the leader, as they come: in the order of the pages.
/// Now and then it says how far it has come, so that the leader need not wait for a row of it. Members may ereport.
class row_writer final : public page_listener {
public:
    row_writer(model::arena& arena, shm_mq_handle* queue, std::span<heap_part const> heaps)
        : queue_(queue),
          heaps_(heaps),
          message_(arena) {}

    void add(std::size_t key, heap_page const& page, HeapTupleData const& row, bool is_mixed,
             shown_row::values const& values);
    void page_was_read(heap_page const& page) override;
    void finish();

    /// The leader has gone: nothing more is wanted.
    bool is_lost() const noexcept { return queue_ == nullptr; }

private:
    page_place place_of(heap_page const& page, HeapTupleData const& row);
    void append(void const* bytes, std::size_t size);
    void send();

    shm_mq_handle* queue_;
    std::span<heap_part const> heaps_;
    model::vector<char> message_;
    std::uint32_t heap_ = 0;  ///< the number of the one that was read last
    int pages_ = 0;
};

/// Sends a key's orphans.
class row_sender final : public orphan_sink {
public:
    row_sender(model::arena& arena, MemoryContext context, row_writer& writer, std::size_t key,
               model::constraint const& columns, std::span<std::int16_t const> primary_columns);

    bool add(heap_page const& page, std::span<std::uint32_t const> missing,
             std::span<std::uint32_t const> mixed) override;

private:
    row_writer& writer_;
    std::size_t key_;
    shown_row shown_;
    MemoryContext row_context_;
};

/// What a worker sends, message by message.
class row_reader {
public:
    void take(std::string_view message);

    /// A row that has not been read yet is at the place; otherwise none comes before it.
    page_place place() const noexcept { return place_; }
    bool has_row() const noexcept { return !left_.empty(); }
    bool has_finished() const noexcept { return has_finished_; }

    /// The next row: the number of its key, and the row; its values are in the current context.
    std::size_t key() const noexcept;
    listed_row read(std::span<heap_part const> heaps);

private:
    void find_place() noexcept;

    std::string_view left_{};
    page_place place_{};
    bool has_finished_ = false;
};

}  // namespace fkaudit::check
