#pragma once

#include <optional>
#include <span>

#include "src/diagnose/key_text.hpp"
#include "src/diagnose/wording.hpp"
#include "src/model/database.hpp"
#include "src/model/enforcement.hpp"
#include "src/model/surroundings.hpp"

namespace fkaudit::diagnose {

/// Where the write was that failed.
enum class side : char { unknown, child, parent };

/// `child`, `parent`; empty for unknown.
std::string_view to_text(side value) noexcept;

/// Everything that is known about one violation of a key that is declared. Texts are in the server's encoding.
struct violation {
    model::constraint const* key = nullptr;
    event what = event::unknown;
    side where = side::unknown;
    std::string_view named_table{};       ///< as the message has it
    std::string_view named_constraint{};  ///< as the message has it
    shown_key shown{};
    side key_of = side::unknown;  ///< whose columns the shown key has: those of `where`, but for `detach` the child's
    bool is_mixed_null = false;   ///< MATCH FULL, some columns NULL
    bool is_on_shard = false;     ///< the names are those of a shard of Citus
    std::string_view others{};    ///< further foreign keys that the text may be about; empty: none

    std::string_view why_not{};      ///< why the rows were not looked at; empty: they were
    std::string_view wrong_value{};  ///< the server's words about a value that is none of its type
    std::optional<bool> parent_exists{};
    std::optional<std::int64_t> child_rows{};
    std::string_view alike{};  ///< a parent's key that differs in case or blanks only, as JSON

    model::enforcement enforcement{};
    std::span<model::instead_rule const> rules{};  ///< of the child, where a rule is to blame
};

/// What differs between servers and moments.
struct remedies_allowed {
    bool partitioned_not_valid = false;  ///< ADD … NOT VALID is accepted for a partitioned child
    bool by_name = true;                 ///< SET CONSTRAINTS takes the key's name
};

/// One way out: statements, one a line, each ending in `;`.
struct way_out {
    std::string_view statements{};
    std::string_view effect{};  ///< what it does, as `adds the parent`
};

/// The parent's columns that need a value beside the key, as SQL text; empty: none.
std::string_view columns_beside_key(model::arena& arena, model::constraint const& key);

/// The ways out, the mildest first. None where there is nothing to be done but to repeat the write.
std::span<way_out const> find_ways_out(model::arena& arena, model::database const& database, violation const& found,
                                       remedies_allowed const& allowed);

/// What happened, as far as anybody can tell now, in sentences; with what the ways out do, by their lines.
std::string_view explain(model::arena& arena, violation const& found, std::span<way_out const> ways);

}  // namespace fkaudit::diagnose
