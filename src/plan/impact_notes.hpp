#pragma once

#include "src/plan/impact.hpp"

namespace fkaudit::plan {

/// What stands at a table besides its foreign keys and takes part in what happens to its rows.
struct table_fact {
    enum class kind : char { trigger, rule, partition_column };

    model::oid table = model::no_oid;
    kind what = kind::trigger;
    std::string_view name{};  ///< quoted; of a partition key's expression: empty
    bool on_delete = false;
    bool on_update = false;
};

/// The impact with notes of what was not foreseen about rows that change: triggers of users, rules, rows that may leave
/// their partition, generated columns that belong to a key, and keys whose triggers do not fire, so that rows stay
/// behind without a parent.
std::span<impact const> add_notes(model::arena& arena, model::database const& database, std::span<impact const> found,
                                  std::span<table_fact const> facts, row_event event);

}  // namespace fkaudit::plan
