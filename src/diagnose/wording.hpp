#pragma once

#include <span>
#include <string_view>

/// The server's own messages about foreign keys, in each language that it speaks (ri_triggers.c; src/backend/po of
/// PostgreSQL 15 to 19, in UTF-8; newer minor versions may say the same
/// in other words).
namespace fkaudit::diagnose {

/// What a message says that was tried.
enum class event : char {
    child_write,   ///< INSERT or UPDATE of the child; or the check of rows that are there (VALIDATE, ADD CONSTRAINT)
    parent_write,  ///< UPDATE or DELETE of the parent
    restricted,    ///< the same, under RESTRICT, as PostgreSQL 18 and newer say it
    detach,        ///< DETACH PARTITION or DROP TABLE of a partition of the parent
    rewritten,     ///< an action whose statement a rule changed
    unknown,       ///< the text does not say
};

/// A message with the places of its names. The pieces stand around them, quotation marks included.
struct wording {
    event what = event::unknown;
    std::string_view names{};  ///< what each place holds: t the table first named, c the constraint, r the child
    std::string_view pieces[4] = {};
};

std::span<wording const> all_wordings() noexcept;

/// How the DETAIL goes on behind the key's values: each stands right behind the closing parenthesis.
std::span<std::string_view const> all_tails() noexcept;

}  // namespace fkaudit::diagnose
