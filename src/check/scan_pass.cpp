#include "src/check/scan_pass.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

scan_pass::scan_pass(pg::call& current, std::size_t limit)
    : context_(current.context(), "fkaudit scan"),
      resource_(context_.get()),
      arena_(resource_),
      left_(limit),
      keys_(arena_),
      parents_(arena_),
      columns_(arena_),
      missing_(arena_.array<std::uint32_t>(MaxHeapTuplesPerPage + 1).data()),
      rows_(arena_.array<std::uint32_t>(MaxHeapTuplesPerPage + 1).data()) {}

void scan_pass::add(work_item& item, key_format const& format) {
    auto& one = *make_in<scanned_key>(arena_, scanned_key{&item, format, nullptr, {}, nullptr, nullptr, 0, false});
    one.set = find_parent(one);
    if (one.set == nullptr) one.set = read_parent(one);

    auto const& key = *item.prepared.key;
    one.positions = arena_.array<std::size_t>(key.child_columns.size());
    for (std::size_t part = 0; part < one.positions.size(); ++part)
        one.positions[part] = want(key.child_column(part).name.name, format.child[part]);
    one.gatherer = make_in<key_gatherer>(arena_, arena_, one.format, one.format.child,
                                         std::span<std::size_t const>(one.positions));
    keys_.push_back(&one);
}

parent_keys const* scan_pass::find_parent(scanned_key const& one) const {
    auto const& key = *one.item->prepared.key;
    auto const same = [](auto const& a, auto const& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); };
    auto const same_field = [](keys::field const& a, keys::field const& b) { return a.width == b.width; };
    for (auto const& known : parents_)
        if (known.key->parent == key.parent && same(known.key->parent_columns, key.parent_columns) &&
            known.format->form == one.format.form && same(known.format->parent, one.format.parent) &&
            std::equal(known.format->fields.begin(), known.format->fields.end(), one.format.fields.begin(),
                       one.format.fields.end(), same_field))
            return known.set;
    return nullptr;
}

parent_keys const* scan_pass::read_parent(scanned_key const& one) {
    auto const& prepared = one.item->prepared;
    auto const& key = *prepared.key;
    model::vector<wanted_column> columns(arena_);
    for (std::size_t part = 0; part < key.parent_columns.size(); ++part)
        columns.push_back({key.parent_column(part).name.name, one.format.parent[part]});

    auto* const set = make_in<parent_keys>(arena_, context_.get(), left_, one.format);
    try {
        set->read(heaps(arena_, prepared.parent_tables), {columns.data(), columns.size()});
    } catch (keys::over_budget const&) {
        set->~parent_keys();
        throw;
    }
    left_ -= set->bytes();
    parents_.push_back({&key, &one.format, set});
    return set;
}

/// The place of a column among those that are read: once for all keys that read it alike.
std::size_t scan_pass::want(std::string_view name, column_format const& format) {
    wanted_column const wanted{name, format};
    auto const known = std::find(columns_.begin(), columns_.end(), wanted);
    if (known == columns_.end()) columns_.push_back(wanted);
    return static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), wanted) - columns_.begin());
}

void scan_pass::read_child() {
    heap_page page(arena_, context_.get(), {columns_.data(), columns_.size()});
    for (auto const id : heaps(arena_, keys_.front()->item->prepared.child_tables))
        read_heap(id, page, [&] { return read_page(page); });
    for (auto const* const one : keys_) {
        auto& found = *one->item->found;
        found.rows_checked = row_count_;
        if (one->item->prepared.key->match != model::match_type::full) found.partial_null_rows = one->partly_null;
    }
}

/// False: no key wants more rows.
bool scan_pass::read_page(heap_page const& page) {
    row_count_ += page.rows();
    bool any = false;
    for (auto* const one : keys_) {
        if (one->is_done) continue;
        probe(*one, page);
        any = any || !one->is_done;
    }
    return any;
}

void scan_pass::probe(scanned_key& one, heap_page const& page) {
    auto& children = *one.gatherer;
    children.gather(page);
    auto const count = one.set->find_missing(children, missing_);
    auto mixed = children.partly_null();
    if (one.item->prepared.key->match != model::match_type::full) {
        one.partly_null += static_cast<std::int64_t>(mixed.size());
        mixed = {};
    }
    if (count == 0 && mixed.empty()) return;
    std::transform(missing_, missing_ + count, rows_, [&](std::uint32_t number) { return children.row(number); });
    one.is_done = !one.sink->add(page, {rows_, count}, mixed);
}

std::span<model::oid const> heaps(model::arena& arena, std::span<model::oid const> tables) {
    auto const sorted = arena.array<model::oid>(tables.size());
    std::size_t count = 0;
    pg::guarded([&] {
        for (auto const id : tables)
            if (get_rel_relkind(id) != RELKIND_PARTITIONED_TABLE) sorted[count++] = id;
    });
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count));
    return sorted.first(count);
}

}  // namespace fkaudit::check
