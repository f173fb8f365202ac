#include "src/check/parent_probe.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// Seeking costs about as much as this many steps, each with a comparison.
constexpr int most_steps = 64;

}  // namespace

void parent_probe::begin(model::constraint const& key, key_indexes const& chosen, model::arena& arena,
                         MemoryContext context) {
    auto const size = key.operators.size();
    context_ = AllocSetContextCreate(context, "fkaudit parent probe", ALLOCSET_SMALL_SIZES);
    keys_ = arena.array<ScanKeyData>(size);
    types_ = arena.array<Oid>(size);
    operators_ = arena.array<RegProcedure>(size);
    for (std::size_t position = 0; position < size; ++position) {
        Oid left = InvalidOid;
        op_input_types(key.operators[position], &left, &types_[position]);
        operators_[position] = get_opcode(key.operators[position]);
    }
    places_ = arena.array<place>(chosen.parents.size());
    for (std::size_t number = 0; number < places_.size(); ++number) {
        auto& one = places_[number];
        one.over.open(chosen.parents[number], arena);
        one.scan = one.over.begin_scan(static_cast<int>(size), true);
        one.slot = table_slot_create(one.over.table(), nullptr);
    }
}

void parent_probe::end() {
    finger_.end();
    for (auto& one : places_) {
        if (BufferIsValid(one.map)) ReleaseBuffer(one.map);
        index_endscan(one.scan);
        ExecDropSingleTupleTableSlot(one.slot);
        one.over.close();
    }
}

/// Both sides have one order where it is one family's, of one collation and direction.
void parent_probe::begin_walk(open_index const& child) {
    is_placed_ = is_at_end_ = is_ordered_ = false;
    if (keys_.size() != 1 || places_.size() != 1) return;
    auto const& here = child.columns()[0].what;
    auto const& there = places_[0].over.chosen().columns[0];
    if (here.family != there.family || here.collation != there.collation || here.is_descending != there.is_descending)
        return;
    Oid const compare = get_opfamily_proc(there.family, there.type, types_[0], BTORDER_PROC);
    if (!OidIsValid(compare) || compare >= FirstNormalObjectId) return;
    fmgr_info_cxt(compare, &compare_, context_);
    auto const& parent = places_[0].over;
    finger_.end();
    finger_.begin(parent.table(), parent.index(), context_);
    finger_.set_comparison(0, compare_);
    is_ordered_ = true;
}

bool parent_probe::contains(Datum const* values) {
    if (is_ordered_) return find_in_order(values[0]);
    for (std::size_t tried = 0; tried < places_.size(); ++tried) {
        auto const number = (likely_ + tried) % places_.size();
        if (!find(places_[number], values)) continue;
        likely_ = number;
        return true;
    }
    return false;
}

/// The entry's page is pinned meanwhile, so that no VACUUM gives the row's place to another.
bool parent_probe::is_any_visible(place& one, std::span<ItemPointerData> rows) {
    return std::any_of(rows.begin(), rows.end(), [&](ItemPointerData tid) {
        bool is_chain = false, is_dead = false;
        return one.over.is_all_visible(tid, one.map) ||
               table_index_fetch_tuple(one.scan->xs_heapfetch, &tid, GetActiveSnapshot(), one.slot, &is_chain,
                                       &is_dead);
    });
}

bool parent_probe::find(place& one, Datum const* values) {
    for (std::size_t number = 0; number < keys_.size(); ++number) {
        auto const& what = one.over.chosen().columns[number];
        ScanKeyEntryInitialize(&keys_[number], 0, static_cast<AttrNumber>(number + 1), BTEqualStrategyNumber,
                               types_[what.position], what.collation, operators_[what.position], values[what.position]);
    }
    index_rescan(one.scan, keys_.data(), static_cast<int>(keys_.size()), nullptr, 0);
    while (index_getnext_tid(one.scan, ForwardScanDirection) != nullptr)
        if (is_any_visible(one, {&one.scan->xs_heaptid, 1})) return true;
    return false;
}

bool parent_probe::find_in_order(Datum value) {
    auto& parent = places_[0];
    auto const& what = parent.over.chosen().columns[0];
    if (!is_placed_) seek(value);
    for (int steps = 0; !is_at_end_;) {
        int const order = DatumGetInt32(FunctionCall2Coll(&compare_, what.collation, at_, value));
        if (order == 0 && is_any_visible(parent, finger_.rows())) return true;
        if (order != 0 && (order < 0) == what.is_descending) return false;
        if (order != 0 && ++steps > most_steps)
            seek(value);
        else
            is_at_end_ = !step();
    }
    return false;
}

void parent_probe::seek(Datum value) {
    finger_.set_key(0, value, false);
    is_placed_ = true;
    is_at_end_ = !finger_.seek(1) || !read();
}

bool parent_probe::step() { return finger_.next() && read(); }

/// False: NULL, and so is all that follows.
bool parent_probe::read() {
    bool is_null = false;
    places_[0].over.read_entry(finger_.entry(), &at_, &is_null);
    return !is_null;
}

}  // namespace fkaudit::check
