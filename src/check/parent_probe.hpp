#pragma once

#include "src/check/leaf_reader.hpp"
#include "src/check/open_index.hpp"

namespace fkaudit::check {

/// Looks values of the child up in the parent's indexes. Members may ereport: call them inside a guard.
class parent_probe {
public:
    void begin(model::constraint const& key, key_indexes const& chosen, model::arena& arena, MemoryContext context);
    void end();

    /// To be told before values come in the order of another index of the child's.
    void begin_walk(open_index const& child);

    /// Whether some entry for the value leads to a visible row.
    bool contains(Datum const* values);

private:
    /// One table that holds the parent's rows.
    struct place {
        open_index over{};
        IndexScanDesc scan = nullptr;
        TupleTableSlot* slot = nullptr;
        Buffer map = InvalidBuffer;
    };

    static bool is_any_visible(place& one, std::span<ItemPointerData> rows);
    bool find(place& one, Datum const* values);
    bool find_in_order(Datum value);
    void seek(Datum value);
    bool step();
    bool read();

    MemoryContext context_ = nullptr;
    std::span<place> places_{};
    std::span<ScanKeyData> keys_{};
    std::span<Oid> types_{};  ///< right operands of the key's operators, by position
    std::span<RegProcedure> operators_{};
    std::size_t likely_ = 0;  ///< where the last value was found

    // The finger: where the parent's index was left, for values that come in its order.
    bool is_ordered_ = false;
    FmgrInfo compare_{};  ///< parent's value with child's
    leaf_reader finger_{};
    bool is_placed_ = false, is_at_end_ = false;
    Datum at_ = 0;
};

}  // namespace fkaudit::check
