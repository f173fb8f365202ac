#pragma once

#include <optional>

#include "src/check/verdict.hpp"
#include "src/pg/boundary.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

/// A key whose values somebody wrote down, to be looked for on both sides of its foreign key.
struct key_lookup {
    model::constraint const* key = nullptr;
    bool is_parents = false;                     ///< the values are of the parent's columns, not of the child's
    std::span<std::string_view const> values{};  ///< as the types' output functions print them, by position; none:
                                                 ///< only the rights are asked for
    reason why_not = reason::none;               ///< none: looked up, unless `wrong_value` says more
    std::string_view detail{};                   ///< of a reason: a sentence
    std::string_view wrong_value{};              ///< the server's words, where a value is none of its type
    pg::spi::jsonb found_key{};                  ///< column to value; 0: not read
    std::optional<bool> parent_exists{};
    std::optional<std::int64_t> child_rows{};
    pg::spi::jsonb alike{};  ///< a parent's key that differs in case or blanks only; 0: none
};

/// Looks them up with the locks, the snapshot, the rights and the refusals of fk_check and with the foreign key's own
/// comparison. Values go to their types' input functions (below all domains) and then into queries as parameters. No function of
/// a user who is no superuser runs: a look-up that would need one is refused. Keys with one child stand together. A
/// look-up that fails gets its reason and leaves the others alone; a cancel ends all.
void look_up(pg::call& current, std::span<key_lookup> lookups);

}  // namespace fkaudit::check
