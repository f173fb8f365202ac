#include "src/check/scan_pass.hpp"

#include "src/check/parent_sample.hpp"
#include "src/check/spilled_scan.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

scan_pass::scan_pass(pg::call& current, std::size_t limit)
    : context_(current.context(), "fkaudit scan"),
      resource_(context_.get()),
      arena_(resource_),
      limit_(limit),
      left_(limit),
      keys_(arena_),
      parents_(arena_),
      columns_(arena_) {}

void scan_pass::add(work_item& item, key_format const& format) {
    auto& one = *make_in<scanned_key>(arena_, scanned_key{&item, format, nullptr, {}});
    one.parent = find_parent(one);
    if (one.parent == nullptr) one.parent = add_parent(one);
    keys_.push_back(&one);
}

void scan_pass::choose_columns() {
    columns_.clear();
    for (auto* const one : keys_) {
        auto const& key = *one->item->prepared.key;
        one->positions = arena_.array<std::size_t>(key.child_columns.size());
        for (std::size_t part = 0; part < one->positions.size(); ++part)
            one->positions[part] = want(key.child_column(part).name.name, one->format.child[part]);
    }
}

/// Several keys of the child may refer to the same parent's keys.
scanned_parent* scan_pass::find_parent(scanned_key const& one) const {
    auto const& key = *one.item->prepared.key;
    auto const same = [](auto const& a, auto const& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); };
    auto const same_field = [](keys::field const& a, keys::field const& b) { return a.width == b.width; };
    for (auto const* const known : keys_) {
        auto const& other = *known->item->prepared.key;
        auto const& format = known->format;
        if (other.parent == key.parent && same(other.parent_columns, key.parent_columns) &&
            format.form == one.format.form && same(format.parent, one.format.parent) &&
            std::equal(format.fields.begin(), format.fields.end(), one.format.fields.begin(), one.format.fields.end(),
                       same_field))
            return known->parent;
    }
    return nullptr;
}

scanned_parent* scan_pass::add_parent(scanned_key const& one) {
    auto const& prepared = one.item->prepared;
    auto const& key = *prepared.key;
    auto const columns = arena_.array<wanted_column>(key.parent_columns.size());
    for (std::size_t part = 0; part < columns.size(); ++part)
        columns[part] = {key.parent_column(part).name.name, one.format.parent[part]};
    auto const tables = heaps(arena_, prepared.parent_tables);
    auto* const parent = make_in<scanned_parent>(
        arena_, scanned_parent{&one.format, {tables, columns, count_blocks(tables)}, nullptr, false, false});
    auto const after = std::find_if(parents_.begin(), parents_.end(), [&](scanned_parent const* other) {
        return other->source.blocks < parent->source.blocks;
    });
    parents_.insert(after, parent);
    return parent;
}

/// As integer_set_builder gives up: keys that are not dense take three times their size.
bool scan_pass::is_doubtful(scanned_parent const& one) const noexcept {
    return one.source.blocks * rows_in_a_block > limit_ / 2 / (3 * sizeof(keys::word));
}

/// A set that is far larger than a processor's cache is waited for with each key. To write both sides in parts that fit it
/// takes less time, although the child is read once more for this key.
void scan_pass::judge(scanned_parent& one) {
    constexpr std::size_t vast_set = std::size_t{128} << 20;
    auto const record = one.format->form == key_form::pair ? sizeof(keys::pair) : sizeof(keys::word);
    auto const set_bytes = [record](std::uint64_t rows) { return 2 * record * rows; };
    // What is sure to fit needs no look.
    if (!spilled_scan::serves(*one.format) ||
        set_bytes(one.source.blocks * MaxHeapTuplesPerPage) < std::min(vast_set, limit_))
        return;
    auto const found = sample_parent(context_.get(), one.source, *one.format);
    if (!found.is_sparse) return;
    auto const most_child_rows = count_blocks(tables()) * MaxHeapTuplesPerPage;
    // With the list that the set is made of; and a guess is a guess.
    one.is_too_large = set_bytes(found.rows) / 2 * 3 > 2 * limit_;
    one.is_vast = one.is_too_large || (set_bytes(found.rows) >= vast_set &&
                                       spilled_scan::is_cheap(found.rows + most_child_rows, record, limit_));
}

void scan_pass::forget_parents() {
    for (auto* const one : parents_) {
        if (one->read == nullptr) continue;
        one->read->~parent_keys();
        one->read = nullptr;
    }
    left_ = limit_;
}

/// False: the memory is not enough.
bool scan_pass::try_read(scanned_parent& one) {
    if (one.read != nullptr || one.is_too_large) return !one.is_too_large;
    auto* const keys = make_in<parent_keys>(arena_, context_.get(), left_, *one.format);
    try {
        keys->read(one.source, NoLock);
    } catch (keys::over_budget const&) {
        keys->~parent_keys();
        one.is_too_large = true;
        return false;
    }
    left_ -= keys->bytes();
    one.read = keys;
    return true;
}

/// The place of a column among those that are read: once for all keys that read it alike.
std::size_t scan_pass::want(std::string_view name, column_format const& format) {
    wanted_column const wanted{name, format};
    auto const known = std::find(columns_.begin(), columns_.end(), wanted);
    if (known == columns_.end()) columns_.push_back(wanted);
    return static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), wanted) - columns_.begin());
}

std::span<model::oid const> scan_pass::tables() { return heaps(arena_, keys_.front()->item->prepared.child_tables); }

std::span<child_key> scan_pass::child_keys() {
    auto const all = arena_.array<child_key>(keys_.size());
    for (std::size_t number = 0; number < all.size(); ++number) {
        auto const& one = *keys_[number];
        if (one.parent->read != nullptr) all[number].set = &one.parent->read->set();
        all[number].gatherer = make_in<key_gatherer>(arena_, arena_, one.format, one.format.child,
                                                     std::span<std::size_t const>(one.positions));
        all[number].is_full = one.item->prepared.key->match == model::match_type::full;
    }
    return all;
}

void scan_pass::begin_parents() {
    std::uint64_t blocks = 0;
    for (auto const* const one : parents_) blocks += one->source.blocks;
    pg::guarded([&] { pg::begin_phase(pg::progress_phase::reading_parent, static_cast<std::int64_t>(blocks)); });
}

void scan_pass::begin_reading() {
    if (!pg::is_followed()) return;
    auto const blocks = static_cast<std::int64_t>(count_blocks(tables()));
    pg::guarded([&] { pg::begin_phase(pg::progress_phase::reading_child, blocks); });
}

void scan_pass::read(std::span<child_key> keys) {
    begin_reading();
    child_reader reader(arena_, context_.get(), columns(), keys);
    auto const ids = tables();
    auto const parts = arena_.array<heap_part>(ids.size());
    for (std::size_t number = 0; number < ids.size(); ++number) parts[number].id = ids[number];
    reader.read(parts);
    report(keys, reader.rows());
}

void scan_pass::report(std::span<child_key const> keys, std::int64_t rows) const {
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto& found = *keys_[number]->item->found;
        found.rows_checked = rows;
        if (!keys[number].is_full) found.partial_null_rows = keys[number].partly_null;
    }
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
