#include "src/check/shared_parents.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

std::size_t parents_size(std::size_t count) { return MAXALIGN(count * sizeof(shared_parent)); }

std::size_t tables_size(scan_pass const& pass) {
    std::size_t count = 0;
    for (auto const* const one : pass.parents()) count += one->source.tables.size();
    return MAXALIGN(count * sizeof(model::oid));
}

void copy_name(char* into, std::string_view name) noexcept {
    auto const size = std::min<std::size_t>(name.size(), NAMEDATALEN - 1);
    std::memcpy(into, name.data(), size);
    std::memset(into + size, 0, NAMEDATALEN - size);
}

}  // namespace

std::size_t shared_parents::size(scan_pass const& pass) {
    return MAXALIGN(sizeof(header)) + parents_size(pass.parents().size()) + tables_size(pass) +
           MAXALIGN(dsa_minimum_size());
}

shared_parents shared_parents::create(std::byte* place, dsm_segment* segment, scan_pass const& pass,
                                      std::size_t limit) {
    auto* const head = new (place) header{};
    head->count = pass.parents().size();
    head->area = MAXALIGN(sizeof(header)) + parents_size(head->count) + tables_size(pass);
    head->left.store(limit);
    ConditionVariableInit(&head->changed);

    shared_parents made(place);
    made.fill(pass);
    auto const size = MAXALIGN(dsa_minimum_size());
    made.area_ = dsa_create_in_place(place + head->area, size, LWTRANCHE_PARALLEL_QUERY_DSA, segment);
    dsa_set_size_limit(made.area_, size + limit);
    for (std::size_t number = 0; number < head->count; ++number) {
        auto const* const known = pass.parents()[number]->read;
        if (known == nullptr) continue;
        made.share(made.parents_[number], known->set());
        made.parents_[number].is_read = true;
        head->finished.fetch_add(1);
    }
    return made;
}

shared_parents shared_parents::attach(std::byte* place, dsm_segment* segment) {
    shared_parents found(place);
    found.area_ = dsa_attach_in_place(place + found.head_->area, segment);
    return found;
}

shared_parents::shared_parents(std::byte* place) noexcept
    : head_(reinterpret_cast<header*>(place)),
      parents_(reinterpret_cast<shared_parent*>(place + MAXALIGN(sizeof(header)))),
      tables_(reinterpret_cast<model::oid*>(place + MAXALIGN(sizeof(header)) + parents_size(head_->count))) {}

void shared_parents::detach() { dsa_detach(area_); }

void shared_parents::fill(scan_pass const& pass) {
    std::size_t next_table = 0;
    for (std::size_t number = 0; number < head_->count; ++number) {
        auto const& from = *pass.parents()[number];
        auto const& format = *from.format;
        auto& into = *new (&parents_[number]) shared_parent{};
        into.first_table = next_table;
        into.tables = from.source.tables.size();
        into.blocks = from.source.blocks;
        for (auto const id : from.source.tables) tables_[next_table++] = id;
        into.form = format.form;
        into.has_fields = !format.fields.empty();
        into.size = from.source.columns.size();
        for (std::size_t part = 0; part < into.size; ++part)
            copy_name(into.names[part], from.source.columns[part].name);
        std::copy(format.parent.begin(), format.parent.end(), into.formats);
        std::copy(format.fields.begin(), format.fields.end(), into.fields);
        into.place = InvalidDsaPointer;
    }
}

void shared_parents::read(MemoryContext context, LOCKMODE lock) {
    for (;;) {
        auto const number = head_->next.fetch_add(1);
        if (number >= head_->count) return;
        auto& one = parents_[number];
        if (one.is_read) continue;
        try {
            read_one(one, context, lock);
        } catch (keys::over_budget const&) {
            // It has no place then, which says it.
        }
        auto const done = head_->blocks_done.fetch_add(one.blocks) + one.blocks;
        head_->finished.fetch_add(1);
        pg::guarded([&] {
            ConditionVariableBroadcast(&head_->changed);
            pg::note_blocks(static_cast<std::int64_t>(done));
        });
    }
}

void shared_parents::read_one(shared_parent& one, MemoryContext context, LOCKMODE lock) {
    scoped_context const own(context, "fkaudit shared parent");
    pg::context_resource resource(own.get());
    model::arena arena(resource);
    key_format format;
    format.form = one.form;
    format.parent = {one.formats, one.size};
    if (one.has_fields) format.fields = {one.fields, one.size};
    auto const columns = arena.array<wanted_column>(one.size);
    for (std::size_t part = 0; part < one.size; ++part) columns[part] = {one.names[part], one.formats[part]};

    parent_keys keys(own.get(), head_->left, format);
    keys.read({{tables_ + one.first_table, one.tables}, columns, one.blocks}, lock);
    pg::guarded([&] { share(one, keys.set()); });
}

void shared_parents::share(shared_parent& one, key_set const& set) {
    auto const place = dsa_allocate_extended(area_, set.bytes() + keys::line_size, DSA_ALLOC_HUGE | DSA_ALLOC_NO_OOM);
    if (!DsaPointerIsValid(place)) return;
    one.place = place;
    one.set = set;
    set.copy_to(first_line(one));
}

void shared_parents::wait() {
    ConditionVariablePrepareToSleep(&head_->changed);
    while (head_->finished.load() < head_->count) {
        (void)ConditionVariableTimedSleep(&head_->changed, pg::progress_wait(), PG_WAIT_EXTENSION);
        pg::tick_progress();
    }
    (void)ConditionVariableCancelSleep();
}

/// An area's memory begins at a page, in each process: where this rounds up to is the same place.
std::byte* shared_parents::first_line(shared_parent const& one) const {
    auto* const place = static_cast<std::byte*>(dsa_get_address(area_, one.place));
    auto const past = reinterpret_cast<std::uintptr_t>(place) % keys::line_size;
    return place + (past == 0 ? 0 : keys::line_size - past);
}

key_set const* shared_parents::set(std::size_t parent, model::arena& arena) const {
    auto const& one = parents_[parent];
    if (!DsaPointerIsValid(one.place)) return nullptr;
    return make_in<key_set>(arena, one.set.at(first_line(one)));
}

}  // namespace fkaudit::check
