#pragma once

#include <boost/container/flat_set.hpp>

#include "src/model/relation.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::catalog {

/// Gives names for new relations as CREATE INDEX does (indexcmds.c: ChooseRelationName): `table_columns_idx`, shortened
/// at a character's boundary, with a number where it is taken.
class free_names {
public:
    explicit free_names(model::arena& arena) : arena_(arena), given_(model::allocator<given>(arena.resource())) {}

    /// A name that no relation and no type of the table's schema has, and that this object has not given before; without
    /// columns, `table_label`.
    model::identifier choose(model::relation const& table, std::string_view columns, char const* label = "idx");

private:
    struct given {
        std::string_view schema, name;
        friend auto operator<=>(given const&, given const&) = default;
    };

    model::arena& arena_;
    boost::container::flat_set<given, std::less<given>, model::vector<given>> given_;
};

}  // namespace fkaudit::catalog
