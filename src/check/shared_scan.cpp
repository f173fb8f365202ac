#include "src/check/shared_scan.hpp"

#include "src/check/orphan_lister.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

enum part : std::uint64_t {
    part_header = 1,
    part_heaps,
    part_columns,
    part_keys,
    part_parents,
    part_queues,
};

constexpr int part_count = part_queues;

void copy_name(char* into, std::string_view name) noexcept {
    auto const size = std::min<std::size_t>(name.size(), NAMEDATALEN - 1);
    std::memcpy(into, name.data(), size);
    std::memset(into + size, 0, NAMEDATALEN - size);
}

}  // namespace

void shared_scan::estimate(shm_toc_estimator& estimator, scan_pass& pass, int workers, order const& wanted) {
    auto const count = static_cast<std::size_t>(workers);
    auto const heaps = pass.tables().size();
    for (auto const size : {sizeof(header), heaps * sizeof(heap), pass.columns().size() * sizeof(column),
                            pass.keys().size() * sizeof(key), shared_parents::size(pass), count * wanted.queue_size})
        shm_toc_estimate_chunk(&estimator, size);
    shm_toc_estimate_keys(&estimator, part_count);
    worker_usage::estimate(estimator, workers);
}

shared_scan shared_scan::create(shm_toc* contents, dsm_segment* segment, scan_pass& pass, int workers,
                                order const& wanted) {
    auto const make = [contents]<class T>(T*& place, part which, std::size_t size) {
        place = static_cast<T*>(shm_toc_allocate(contents, size));
        shm_toc_insert(contents, which, place);
    };
    auto const heaps = pass.tables();
    auto const count = static_cast<std::size_t>(workers);
    shared_scan made;
    make(made.head_, part_header, sizeof(header));
    *made.head_ = {heaps.size(), pass.columns().size(), pass.keys().size(), wanted};
    make(made.heaps_, part_heaps, heaps.size() * sizeof(heap));
    make(made.columns_, part_columns, pass.columns().size() * sizeof(column));
    make(made.keys_, part_keys, pass.keys().size() * sizeof(key));
    std::byte* parents = nullptr;
    make(parents, part_parents, shared_parents::size(pass));
    made.parents_ = shared_parents::create(parents, segment, pass, pass.limit() / 2);
    make(made.queues_, part_queues, count * wanted.queue_size);
    made.usage_ = worker_usage::create(contents, workers);

    made.fill_heaps(heaps);
    made.fill_columns(pass);
    for (std::size_t number = 0; number < pass.keys().size(); ++number) {
        auto const& one = *pass.keys()[number];
        made.fill_key(
            number, one,
            wanted.lists ? shown_primary_key(pass.arena(), one.item->prepared) : std::span<std::int16_t const>());
        auto const parents = pass.parents();
        made.keys_[number].parent =
            static_cast<std::size_t>(std::find(parents.begin(), parents.end(), one.parent) - parents.begin());
    }
    return made;
}

shared_scan shared_scan::attach(shm_toc* contents, dsm_segment* segment) {
    auto const find = [contents]<class T>(T*& place, part which) {
        place = static_cast<T*>(shm_toc_lookup(contents, which, false));
    };
    shared_scan found;
    find(found.head_, part_header);
    find(found.heaps_, part_heaps);
    find(found.columns_, part_columns);
    find(found.keys_, part_keys);
    std::byte* parents = nullptr;
    find(parents, part_parents);
    found.parents_ = shared_parents::attach(parents, segment);
    find(found.queues_, part_queues);
    found.usage_ = worker_usage::attach(contents);
    return found;
}

void shared_scan::fill_heaps(std::span<model::oid const> ids) {
    for (std::size_t number = 0; number < ids.size(); ++number) {
        auto& one = heaps_[number];
        one.id = ids[number];
        Relation const table = table_open(one.id, NoLock);
        table_block_parallelscan_initialize(table, &one.scan.base);
        // Each process gets its pages in physical order.
        one.scan.base.phs_syncscan = false;
        table_close(table, NoLock);
    }
}

void shared_scan::fill_columns(scan_pass const& pass) {
    for (std::size_t number = 0; number < pass.columns().size(); ++number) {
        auto const& from = pass.columns()[number];
        copy_name(columns_[number].name, from.name);
        columns_[number].format = from.format;
    }
}

void shared_scan::fill_key(std::size_t number, scanned_key const& one, std::span<std::int16_t const> primary_columns) {
    auto const& format = one.format;
    auto const& from = *one.item->prepared.key;
    auto& into = keys_[number];
    into.size = format.child.size();
    into.form = format.form;
    into.has_fields = !format.fields.empty();
    into.is_full = from.match == model::match_type::full;
    std::copy(format.child.begin(), format.child.end(), into.formats);
    std::copy(format.groups.begin(), format.groups.end(), into.groups);
    std::copy(format.fields.begin(), format.fields.end(), into.fields);
    std::copy(one.positions.begin(), one.positions.end(), into.positions);
    into.primary_size = primary_columns.size();
    std::size_t next = 0;
    for (auto const columns : {from.child_columns, primary_columns})
        for (auto const number : columns) {
            auto const& column = *from.child->find_column(number);
            copy_name(into.names[next], column.name.name);
            into.types[next++] = column.type;
        }
}

std::span<heap_part> shared_scan::heaps(model::arena& arena, LOCKMODE lock) const {
    auto const all = arena.array<heap_part>(head_->heaps);
    for (std::size_t number = 0; number < all.size(); ++number)
        all[number] = {heaps_[number].id, &heaps_[number].scan, lock};
    return all;
}

std::span<wanted_column> shared_scan::columns(model::arena& arena) const {
    auto const all = arena.array<wanted_column>(head_->columns);
    for (std::size_t number = 0; number < all.size(); ++number)
        all[number] = {columns_[number].name, columns_[number].format};
    return all;
}

shared_scan::key_copy shared_scan::copy_key(std::size_t number, model::arena& arena) const {
    auto const& from = keys_[number];
    auto const size = from.size;
    auto* const format = make_in<key_format>(arena);
    format->form = from.form;
    format->child = {from.formats, size};
    format->groups = {from.groups, size};
    if (from.has_fields) format->fields = {from.fields, size};

    // Columns by their place here: the key's, then the primary key's.
    auto const columns = arena.array<model::column>(size + from.primary_size);
    auto const numbers = arena.array<std::int16_t>(columns.size());
    for (std::size_t position = 0; position < columns.size(); ++position) {
        auto& column = columns[position];
        column.number = numbers[position] = static_cast<std::int16_t>(position + 1);
        column.name.name = from.names[position];
        column.type = from.types[position];
    }
    auto* const child = make_in<model::relation>(arena);
    child->columns = columns;
    auto* const key = make_in<model::constraint>(arena);
    key->child = child;
    key->child_columns = numbers.first(size);
    key->match = from.is_full ? model::match_type::full : model::match_type::simple;

    child_key reading;
    reading.gatherer =
        make_in<key_gatherer>(arena, arena, *format, format->child, std::span<std::size_t const>(from.positions, size));
    reading.is_full = from.is_full;
    return {key, format, reading, numbers.subspan(size)};
}

shm_mq* shared_scan::make_queue(int worker) const {
    return shm_mq_create(queues_ + static_cast<std::size_t>(worker) * head_->wanted.queue_size,
                         head_->wanted.queue_size);
}

shm_mq* shared_scan::queue(int worker) const {
    return reinterpret_cast<shm_mq*>(queues_ + static_cast<std::size_t>(worker) * head_->wanted.queue_size);
}

}  // namespace fkaudit::check
