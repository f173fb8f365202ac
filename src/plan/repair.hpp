#pragma once

#include <cstdint>
#include <optional>

#include "src/model/database.hpp"
#include "src/plan/repair_way.hpp"
#include "src/plan/validation.hpp"

namespace fkaudit::plan {

/// Rows of a set that one statement changes.
struct row_portion {
    model::relation const* table = nullptr;  ///< that holds them; nullptr: wherever they are in the set's table
    std::string_view after{};                ///< as a tid: behind this place; empty: from the first
    std::string_view up_to{};                ///< up to and with this place; empty: to the last
    std::int64_t rows = 0;
};

/// Rows of one table that are changed. SQL finds them anew in each statement, so that what has happened meanwhile shows.
struct row_set {
    model::relation const* table = nullptr;
    model::constraint const* via = nullptr;  ///< the key by which they reference rows that go; nullptr: the orphans
    bool is_partly_null = false;             ///< of orphans: MATCH FULL keys that are NULL in part
    std::string_view source{};               ///< FROM item of the table, alias c
    std::string_view condition{};            ///< over c
    std::int64_t rows = 0;
    std::span<row_portion const> portions{};
};

/// Parents to be made up for one key: the one to be repaired, or one that the made-up parents have themselves.
struct stub_set {
    model::constraint const* key = nullptr;
    std::string_view select{};     ///< SELECT DISTINCT … of the keys to be inserted, of the parent's types
    std::string_view remaining{};  ///< SELECT that has rows as long as parents are missing
    std::int64_t keys = 0;
};

/// A table that is to hold the rows of another.
struct quarantine {
    model::relation const* table = nullptr;
    model::identifier name{};  ///< in the table's schema
    std::string_view owner{};  ///< quoted
};

/// What a repair is made of, as the rows are now.
struct repair {
    model::constraint const* key = nullptr;
    repair_way way = repair_way::set_aside;
    std::span<row_set const> sets{};  ///< in the order in which they are changed: what references goes before
    std::span<stub_set const> stubs{};
    std::span<quarantine const> quarantines{};
    std::string_view triggers{};      ///< what to say of triggers and rules of the tables; empty: nothing
    std::string_view side_effects{};  ///< what to say of rows that change along; empty: nothing
    std::int64_t batch_rows = 0;      ///< of made-up parents
};

/// The statements, in order. Each that changes rows is a DO block which raises an error, and so changes nothing, where it
/// meets another number of rows than was planned.
std::span<plan_step const> plan_repair(model::arena& arena, repair const& wanted);

}  // namespace fkaudit::plan
