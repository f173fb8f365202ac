#pragma once

#include "src/check/engine.hpp"
#include "src/check/orphan_rows.hpp"
#include "src/check/parent_keys.hpp"

namespace fkaudit::check {

/// An object in an arena; its destructor never runs.
template <class T, class... Argument>
T* make_in(model::arena& arena, Argument&&... argument) {
    return new (model::allocator<T>(arena).allocate(1)) T(std::forward<Argument>(argument)...);
}

/// One reading of a child for some of its keys: the parents' keys first, then the child's pages.
class scan_pass {
public:
    /// `limit`: bytes that the parents' keys may take together.
    scan_pass(pg::call& current, std::size_t limit);
    scan_pass(scan_pass const&) = delete;
    scan_pass& operator=(scan_pass const&) = delete;

    model::arena& arena() noexcept { return arena_; }
    MemoryContext context() const noexcept { return context_.get(); }

    /// Reads the parent's keys, unless those of an earlier key are the same. Error: over_budget, with nothing changed.
    void add(work_item& item, key_format const& format);

    /// Reads the child; `make_sink(work_item&, key_format const&)` gives what a key's orphans go to. It fills the rows
    /// of each verdict but those that its sink counts.
    template <class MakeSink>
    void run(MakeSink make_sink) {
        for (auto* const one : keys_) one->sink = make_sink(*one->item, one->format);
        read_child();
    }

    /// How many keys were added.
    std::size_t size() const noexcept { return keys_.size(); }

private:
    /// The keys of a parent, which several keys of the child may refer to.
    struct parent {
        model::constraint const* key;
        key_format const* format;
        parent_keys* set;
    };
    struct scanned_key {
        work_item* item;
        key_format format;
        parent_keys const* set;
        std::span<std::size_t> positions;
        orphan_sink* sink;
        key_gatherer* gatherer;
        std::int64_t partly_null;
        bool is_done;
    };

    parent_keys const* find_parent(scanned_key const& one) const;
    parent_keys const* read_parent(scanned_key const& one);
    std::size_t want(std::string_view name, column_format const& format);
    void read_child();
    bool read_page(heap_page const& page);
    void probe(scanned_key& one, heap_page const& page);

    scoped_context context_;
    pg::context_resource resource_;
    model::arena arena_;
    std::size_t left_;
    model::vector<scanned_key*> keys_;
    model::vector<parent> parents_;
    model::vector<wanted_column> columns_;
    std::uint32_t* missing_;
    std::uint32_t* rows_;
    std::int64_t row_count_ = 0;
};

/// The tables among these that hold rows, by OID.
std::span<model::oid const> heaps(model::arena& arena, std::span<model::oid const> tables);

}  // namespace fkaudit::check
