#pragma once

#include "src/model/database.hpp"
#include "src/model/surroundings.hpp"
#include "src/plan/repair_way.hpp"

namespace fkaudit::plan {

/// Names the users' triggers and rules that the statements of a repair meet.
class trigger_note {
public:
    explicit trigger_note(model::arena& arena) : arena_(arena), tables_(arena) {}

    /// Those of a table, its partitions included; each table once.
    void add(model::database const& database, model::surroundings const& around, model::relation const& table,
             repair_way way, model::constraint const* key);

    /// A part of a sentence; empty: there are none.
    std::string_view finish() const;

private:
    void append(std::string_view& list, model::relation const& table, model::identifier const& name);

    model::arena& arena_;
    model::vector<model::oid> tables_;
    std::string_view fires_{};
    std::string_view keeps_{};  ///< those that can keep a row from being changed
};

}  // namespace fkaudit::plan
