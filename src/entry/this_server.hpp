#pragma once

#include "src/catalog/index_names.hpp"
#include "src/pg/compat.hpp"
#include "src/plan/index_ddl.hpp"

namespace fkaudit::entry {

inline constexpr plan::server_traits this_server{
    .has_skip_scan = pg::has_skip_scan,
    .reduces_null_tests = pg::reduces_null_tests,
    .overrides_collation = !pg::refuses_mixed_nondeterministic_collations,
};

/// plan's names, from the catalog.
class catalog_names final : public plan::index_names {
public:
    explicit catalog_names(model::arena& arena) : names_(arena) {}
    model::identifier choose(model::relation const& table, std::string_view columns) override {
        return names_.choose(table, columns);
    }

private:
    catalog::free_names names_;
};

}  // namespace fkaudit::entry
