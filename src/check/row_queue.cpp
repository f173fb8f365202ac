#include "src/check/row_queue.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// A message begins with its kind.
constexpr char rows_follow = 'r', place_follows = 'p', nothing_follows = 'e';

/// A message of rows is sent when it is so large, and after so many pages in any case.
constexpr std::size_t full_message = 16384;
constexpr int most_pages = 64;

struct row_header {
    page_place place;
    std::uint32_t key;
    std::uint32_t key_size, primary_size;  ///< bytes of jsonb that follow
    OffsetNumber offset;
    bool is_mixed;
};

row_header peek(std::string_view rows) noexcept {
    row_header header;
    std::memcpy(&header, rows.data(), sizeof header);
    return header;
}

std::uint32_t size_of(Datum json) noexcept {
    return json == 0 ? 0 : static_cast<std::uint32_t>(VARSIZE(DatumGetPointer(json)));
}

/// A copy, because a jsonb is aligned.
Datum copy_json(char const* bytes, std::uint32_t size) {
    if (size == 0) return 0;
    auto* const copy = static_cast<char*>(palloc(size));
    std::memcpy(copy, bytes, size);
    return PointerGetDatum(copy);
}

}  // namespace

page_place row_writer::place_of(heap_page const& page, HeapTupleData const& row) {
    auto const id = RelationGetRelid(page.table());
    while (heaps_[heap_].id != id) ++heap_;
    return {heap_, ItemPointerGetBlockNumber(&row.t_self)};
}

void row_writer::append(void const* bytes, std::size_t size) {
    auto const* const start = static_cast<char const*>(bytes);
    message_.insert(message_.end(), start, start + size);
}

void row_writer::add(std::size_t key, heap_page const& page, HeapTupleData const& row, bool is_mixed,
                     shown_row::values const& values) {
    if (message_.empty()) message_.push_back(rows_follow);
    row_header header{};
    header.place = place_of(page, row);
    header.key = static_cast<std::uint32_t>(key);
    header.key_size = size_of(values.key);
    header.primary_size = size_of(values.primary_key);
    header.offset = ItemPointerGetOffsetNumber(&row.t_self);
    header.is_mixed = is_mixed;
    append(&header, sizeof header);
    append(DatumGetPointer(values.key), header.key_size);
    append(DatumGetPointer(values.primary_key), header.primary_size);
    if (message_.size() >= full_message) send();
}

void row_writer::page_was_read(heap_page const& page) {
    if (++pages_ % most_pages != 0) return;
    if (message_.empty()) {
        auto const place = place_of(page, page.tuple(0));
        message_.push_back(place_follows);
        append(&place, sizeof place);
    }
    send();
}

void row_writer::finish() {
    if (!message_.empty()) send();
    message_.push_back(nothing_follows);
    send();
}

void row_writer::send() {
    // Detached: an error has ended the leader's call, which stops this worker in a moment.
    if (queue_ != nullptr && shm_mq_send(queue_, message_.size(), message_.data(), false, true) != SHM_MQ_SUCCESS)
        queue_ = nullptr;
    message_.clear();
}

row_sender::row_sender(model::arena& arena, MemoryContext context, row_writer& writer, std::size_t key,
                       model::constraint const& columns, std::span<std::int16_t const> primary_columns)
    : writer_(writer),
      key_(key),
      shown_(arena, context, *columns.child, columns.child_columns, primary_columns),
      row_context_(pg::guarded(
          [&] { return AllocSetContextCreateInternal(context, "fkaudit orphan", ALLOCSET_DEFAULT_SIZES); })) {}

bool row_sender::add(heap_page const& page, std::span<std::uint32_t const> missing,
                     std::span<std::uint32_t const> mixed) {
    MemoryContext const before = MemoryContextSwitchTo(row_context_);
    shown_.begin(page.table());
    merge_rows(missing, mixed, [&](std::uint32_t number, bool is_mixed) {
        auto tuple = page.tuple(number);
        writer_.add(key_, page, tuple, is_mixed, shown_.build(tuple));
        MemoryContextReset(row_context_);
        return true;
    });
    MemoryContextSwitchTo(before);
    return !writer_.is_lost();
}

void row_reader::take(std::string_view message) {
    auto const kind = message.front();
    left_ = message.substr(1);
    switch (kind) {
        case rows_follow: return find_place();
        case place_follows:
            std::memcpy(&place_, left_.data(), sizeof place_);
            left_ = {};
            return;
        case nothing_follows: has_finished_ = true; return;
        default: elog(ERROR, "fkaudit: a worker sent what nobody understands");
    }
}

void row_reader::find_place() noexcept {
    if (!left_.empty()) place_ = peek(left_).place;
}

std::size_t row_reader::key() const noexcept { return peek(left_).key; }

listed_row row_reader::read(std::span<heap_part const> heaps) {
    auto const header = peek(left_);
    auto const* const bytes = left_.data() + sizeof header;
    listed_row row;
    row.table = heaps[header.place.heap].id;
    ItemPointerSet(&row.place, header.place.block, header.offset);
    row.is_mixed = header.is_mixed;
    row.values = {copy_json(bytes, header.key_size), copy_json(bytes + header.key_size, header.primary_size)};
    left_.remove_prefix(sizeof header + header.key_size + header.primary_size);
    find_place();
    return row;
}

}  // namespace fkaudit::check
