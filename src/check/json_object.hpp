#pragma once

#include "src/model/arena.hpp"
#include "src/model/relation.hpp"
#include "src/pg/guard.hpp"

namespace fkaudit::check {

/// jsonb_build_object() over columns of a table, as SQL would call it.
class json_object {
public:
    /// Its memory is the context's.
    json_object(model::arena& arena, MemoryContext context, model::relation const& table,
                std::span<std::int16_t const> columns);

    /// One value for each column. May ereport; the result is in the current context.
    Datum build(Datum const* values, bool const* nulls) const;

private:
    FmgrInfo function_{};
    FunctionCallInfo call_ = nullptr;
    std::size_t count_ = 0;
};

}  // namespace fkaudit::check
