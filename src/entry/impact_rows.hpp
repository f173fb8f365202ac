#pragma once

#include "src/audit/action_risk.hpp"
#include "src/pg/boundary.hpp"
#include "src/pg/spi.hpp"
#include "src/plan/impact.hpp"

namespace fkaudit::entry {

/// The rows as the active snapshot has them, read with the caller's rights and compared as PostgreSQL's own triggers do
/// (ri_triggers.c). What cannot be read is said in the answer; a cancel ends the run. What the rows take is bounded by
/// maintenance_work_mem (program_limit_exceeded).
class impact_rows final : public plan::row_source {
public:
    impact_rows(pg::call& current, audit::action_audit const& audit)
        : current_(current),
          audit_(audit),
          used_before_(used_memory()) {}

    /// The rows of a query for tableoid, ctid and xmin, the text behind `SELECT tableoid, ctid, xmin`.
    std::span<plan::row_place const> select_rows(std::string_view rest);

    answer children(model::constraint const& key, std::span<plan::row_place const> parents) override;
    answer parents(model::constraint const& key, plan::key_positions defaults,
                   std::span<plan::row_place const> children) override;
    std::string_view refuses_null(model::relation const& table, model::column const& column) override;
    void check_limits() override;

private:
    /// What a question needs goes with the next one.
    struct scratch {
        explicit scratch(MemoryContext made) : context(made), resource(made), arena(resource) {}

        MemoryContext context;
        pg::context_resource resource;
        model::arena arena;
    };

    std::size_t used_memory() const;
    model::arena& renew_scratch();
    template <class Row, class... Parameter>
    std::span<Row const> select(std::string_view query, Parameter const&... parameter);
    template <class Read>
    answer attempt(Read read);
    std::string_view child_with_defaults(model::constraint const& key, model::relation const& child,
                                         plan::key_positions defaults, std::string_view place);
    std::string_view table_of(std::span<plan::row_place const> rows, model::relation const& fallback) const;

    pg::call& current_;
    audit::action_audit const& audit_;
    std::size_t used_before_;  ///< the catalog's part of the call's memory
    std::optional<scratch> scratch_{};
};

}  // namespace fkaudit::entry
