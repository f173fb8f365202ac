#pragma once

#include <array>
#include <span>
#include <string_view>

#include "src/plan/key_search.hpp"

namespace fkaudit::audit {

/// One thing that a snapshot keeps of each foreign key, and fk_drift() compares.
struct snapshot_attribute {
    enum class form : char { text, flag, names, texts };

    std::string_view name;    ///< of the member in fk_snapshot()
    std::string_view change;  ///< what fk_drift() calls a difference in it
    form value = form::text;
};

inline constexpr std::array<snapshot_attribute, 15> snapshot_attributes{{
    {"parent", "target"},
    {"child_columns", "columns", snapshot_attribute::form::names},
    {"parent_columns", "columns", snapshot_attribute::form::names},
    {"is_temporal", "columns", snapshot_attribute::form::flag},
    {"child_types", "type", snapshot_attribute::form::texts},
    {"parent_types", "type", snapshot_attribute::form::texts},
    {"match_type", "match type"},
    {"on_delete", "action"},
    {"on_delete_columns", "action", snapshot_attribute::form::names},
    {"on_update", "action"},
    {"deferrability", "deferrability"},
    {"validity", "validity"},
    {"enforcement", "enforcement"},
    {"triggers", "trigger state"},
    {"index", "index coverage"},
}};

/// Where an attribute stands in snapshot_attributes.
consteval std::size_t place_of(std::string_view name) {
    for (std::size_t place = 0; place < snapshot_attributes.size(); ++place)
        if (snapshot_attributes[place].name == name) return place;
    throw "no such attribute";
}

/// The foreign keys as a JSON array of objects, in the order given: no OID, nothing that partitioning derived from a
/// key, no name that the server chose.
std::string_view write_snapshot(model::arena& arena, model::database const& database,
                                std::span<model::constraint const* const> keys, plan::server_traits server);

/// One foreign key's object as the history keeps it: without `index`, which is another object's.
std::string_view write_key(model::arena& arena, model::database const& database, model::constraint const& key);

}  // namespace fkaudit::audit
