#pragma once

#include "src/check/engine.hpp"
#include "src/check/key_format.hpp"
#include "src/pg/memory.hpp"

namespace fkaudit::check {

/// Looks for keys of the child in the parent's heaps, under the active snapshot, reading them once for all of the keys: the
/// parent's indexes have no say.
class parent_search {
public:
    parent_search(prepared_key const& prepared, model::arena& arena, MemoryContext context);

    /// Whether the keys are integers or uuids.
    bool is_possible() const noexcept { return format_ && format_->form != key_form::text; }

    /// `values`: of complete keys, one key after the other, as the child's base types have them; sets what is found.
    void run(std::span<Datum const> values, model::vector<bool>& found);

private:
    template <class Key>
    void run_with(std::span<Datum const> values, model::vector<bool>& found);
    template <class Key>
    Key pack(Datum const* values) const;

    prepared_key const& prepared_;
    MemoryContext context_;
    std::optional<key_format> format_;
};

}  // namespace fkaudit::check
