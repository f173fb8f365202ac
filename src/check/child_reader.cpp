#include "src/check/child_reader.hpp"

namespace fkaudit::check {

child_reader::child_reader(model::arena& arena, MemoryContext context, std::span<wanted_column const> columns,
                           std::span<child_key> keys, page_listener* listener)
    : page_(arena, context, columns),
      keys_(keys),
      listener_(listener),
      missing_(arena.array<std::uint32_t>(MaxHeapTuplesPerPage + 1).data()),
      rows_(arena.array<std::uint32_t>(MaxHeapTuplesPerPage + 1).data()) {}

void child_reader::read(std::span<heap_part const> heaps) {
    for (auto const& part : heaps) read_heap(part, page_, [this] { return read_page(); });
}

/// False: no key wants more rows.
bool child_reader::read_page() {
    row_count_ += page_.rows();
    bool any = false;
    for (auto& one : keys_) {
        if (one.is_done) continue;
        probe(one);
        any = any || !one.is_done;
    }
    if (listener_ != nullptr) listener_->page_was_read(page_);
    return any;
}

void child_reader::probe(child_key& one) {
    auto& children = *one.gatherer;
    children.gather(page_);
    auto const count = one.set->find_missing(children, missing_);
    auto mixed = children.partly_null();
    if (!one.is_full) {
        one.partly_null += static_cast<std::int64_t>(mixed.size());
        mixed = {};
    }
    if (count == 0 && mixed.empty()) return;
    pg::note_orphans(count + mixed.size());
    std::transform(missing_, missing_ + count, rows_, [&](std::uint32_t number) { return children.row(number); });
    one.is_done = !one.sink->add(page_, {rows_, count}, mixed);
}

}  // namespace fkaudit::check
