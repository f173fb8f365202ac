#pragma once

#include "src/check/access.hpp"
#include "src/check/verdict.hpp"
#include "src/pg/boundary.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::check {

/// A key that is ready to be examined: its tables are locked, the snapshot is active, the rights are in force.
struct prepared_key {
    model::constraint const* key = nullptr;
    visible_columns visible{};
};

/// One way to examine keys. Both members raise the server's errors; the caller runs them in a subtransaction.
class engine {
public:
    engine() = default;
    engine(engine const&) = delete;
    engine& operator=(engine const&) = delete;
    virtual ~engine() = default;

    /// The name that the `engine` column shows.
    virtual std::string_view name() const noexcept = 0;

    /// Fills the counts, the example and, where there is something to say, the detail of `found`.
    virtual void count(prepared_key const& key, verdict& found) = 0;

    /// Adds the orphans as rows of fk_orphans, in physical order; `max_rows` < 0: all of them.
    virtual void list(prepared_key const& key, std::int64_t max_rows, pg::result_set& result) = 0;
};

}  // namespace fkaudit::check
