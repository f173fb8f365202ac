#pragma once

#include "src/entry/repair_steps.hpp"

namespace fkaudit::entry {

/// Reads which rows a repair changes, by conditions that are written into its statements. Runs where the rows may be
/// read: in a check::task.
class row_finder {
public:
    row_finder(pg::call& current, repair_scope const& scope, std::int64_t batch_rows);

    /// The orphans, those without a parent before those whose MATCH FULL key is NULL in part. Returns how many they are.
    std::int64_t find_orphans();

    /// The rows that a deletion of the orphans deletes along, to be changed before them. Errors: rows in the way.
    void find_dependents();

    /// Error: rows reference columns of the orphans that are to be written.
    void refuse_referenced(std::span<std::int16_t const> written);

    /// The parents to be made up. Errors: a key that is NULL in part; refuse_stub() for the parents' own parents.
    void find_stubs();

    /// Cuts the rows into portions; the last step.
    std::span<plan::row_set const> sets();
    std::span<plan::stub_set const> stubs() const noexcept { return {stubs_.data(), stubs_.size()}; }
    /// What becomes of rows that stay and reference rows that go.
    std::string_view side_effects() const noexcept { return side_effects_; }

private:
    struct found_set {
        plan::row_set rows;
        std::string_view reach{};  ///< the condition that rows fulfil which those of this set may be referenced by
        int depth = 0;
    };
    using keys = model::vector<model::constraint const*>;

    std::int64_t count(std::string_view source, std::string_view condition);
    keys referencing(model::relation const& table);
    std::string_view without(found_set const* first, found_set const* last, model::relation const& table,
                             std::string_view condition) const;
    void expand(found_set const& above);
    void judge_others(std::size_t number);
    void judge_other(std::size_t number, model::constraint const& key);
    void cut(plan::row_set& set, std::string_view condition);
    void add_stubs(model::constraint const& key, std::string_view source, std::string_view condition, int depth);
    bool is_same_tree(model::relation const& a, model::relation const& b) const;

    pg::call& current_;
    model::arena& arena_;
    repair_scope const& scope_;
    model::constraint const& key_;
    std::int64_t batch_rows_;
    model::vector<found_set> sets_;
    model::vector<plan::stub_set> stubs_;
    std::string_view side_effects_{};
    std::string_view blockers_{};
    bool one_portion_ = false;  ///< orphans reference each other, so that they can only go together
};

}  // namespace fkaudit::entry
