#include "src/check/spill_board.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

std::size_t chain_count(spill_plan const& plan) noexcept { return 2 * plan.processes * plan.parts + plan.processes; }

}  // namespace

key_format spill_plan::format() const noexcept {
    key_format made;
    made.form = form;
    if (has_fields) made.fields = {fields, width};
    return made;
}

std::span<wanted_column> spill_plan::wanted(model::arena& arena, key_side side) const {
    auto const all = arena.array<wanted_column>(width);
    auto const* const from = columns[static_cast<std::size_t>(side)];
    for (std::size_t number = 0; number < all.size(); ++number) all[number] = {from[number].name, from[number].format};
    return all;
}

spill_board::spill_board(std::byte* memory, spill_plan const& plan) noexcept
    : head_(reinterpret_cast<header*>(memory)),
      heaps_(reinterpret_cast<heap*>(memory + MAXALIGN(sizeof(header)))),
      chains_(reinterpret_cast<keys::part_chain*>(reinterpret_cast<std::byte*>(heaps_) +
                                                  MAXALIGN((plan.heaps[0] + plan.heaps[1]) * sizeof(heap)))),
      groups_(reinterpret_cast<std::byte*>(chains_) + MAXALIGN(chain_count(plan) * sizeof(keys::part_chain))) {}

std::size_t spill_board::size(spill_plan const& plan) noexcept {
    return MAXALIGN(sizeof(header)) + MAXALIGN((plan.heaps[0] + plan.heaps[1]) * sizeof(heap)) +
           MAXALIGN(chain_count(plan) * sizeof(keys::part_chain)) +
           MAXALIGN(keys::row_groups::bytes(plan.most_groups, plan.parts));
}

spill_board spill_board::create(std::byte* memory, dsm_segment* segment, spill_plan const& plan,
                                std::span<model::oid const> parents, std::span<model::oid const> children) {
    std::memset(memory, 0, size(plan));
    auto* const head = new (memory) header{};
    head->plan = plan;
    head->is_shared = segment != nullptr;
    ConditionVariableInit(&head->changed);
    if (head->is_shared) SharedFileSetInit(&head->files, segment);
    spill_board made(memory, plan);
    made.fill_heaps(made.heaps_, parents);
    made.fill_heaps(made.heaps_ + parents.size(), children);
    return made;
}

spill_board spill_board::attach(std::byte* memory, dsm_segment* segment) {
    auto* const head = reinterpret_cast<header*>(memory);
    SharedFileSetAttach(&head->files, segment);
    return {memory, head->plan};
}

void spill_board::fill_heaps(heap* into, std::span<model::oid const> ids) {
    for (auto const id : ids) {
        auto& one = *into++;
        one.id = id;
        Relation const table = table_open(id, NoLock);
        table_block_parallelscan_initialize(table, &one.scan.base);
        // Each process gets its pages in physical order.
        one.scan.base.phs_syncscan = false;
        table_close(table, NoLock);
    }
}

std::span<spill_board::heap> spill_board::heaps_of(key_side side) const noexcept {
    auto const parents = plan().heaps_of(key_side::parent);
    if (side == key_side::parent) return {heaps_, parents};
    return {heaps_ + parents, plan().heaps_of(key_side::child)};
}

std::span<heap_part> spill_board::heaps(model::arena& arena, key_side side, LOCKMODE lock) const {
    auto const from = heaps_of(side);
    auto const all = arena.array<heap_part>(from.size());
    for (std::size_t number = 0; number < all.size(); ++number) {
        all[number].id = from[number].id;
        all[number].shared = &from[number].scan;
        all[number].lock = lock;
    }
    return all;
}

std::uint64_t spill_board::records(key_side side, std::size_t part) const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t process = 0; process < plan().processes; ++process) sum += written(process, side)[part].records;
    return sum;
}

void spill_board::tell(spill_phase phase) const {
    auto const begin_reading = [&](pg::progress_phase what, key_side side) {
        std::int64_t blocks = 0;
        for (auto const& one : heaps_of(side)) blocks += one.scan.phs_nblocks;
        pg::begin_phase(what, blocks);
    };
    switch (phase) {
        case spill_phase::reading_parent: return begin_reading(pg::progress_phase::reading_parent, key_side::parent);
        case spill_phase::reading_child: return begin_reading(pg::progress_phase::reading_child, key_side::child);
        case spill_phase::comparing: return pg::begin_phase(pg::progress_phase::comparing_keys);
        case spill_phase::compared: return;
    }
}

void spill_board::end() {
    if (head_->phases.arrive() && head_->is_shared) ConditionVariableBroadcast(&head_->changed);
}

bool spill_board::wait(spill_phase phase, long patience) {
    if (this->phase() > phase) return true;
    auto const shorter = [&] {
        auto const tick = pg::progress_wait();
        return tick < 0 || (patience >= 0 && patience < tick) ? patience : tick;
    };
    ConditionVariablePrepareToSleep(&head_->changed);
    while (this->phase() <= phase) {
        bool const is_late = ConditionVariableTimedSleep(&head_->changed, shorter(), PG_WAIT_EXTENSION);
        pg::tick_progress();
        if (is_late && patience >= 0) break;
    }
    (void)ConditionVariableCancelSleep();
    return this->phase() > phase;
}

}  // namespace fkaudit::check
