#pragma once

#include "src/check/verdict.hpp"
#include "src/model/default_value.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::check {

/// A key to look up in its parent, and the answer.
struct default_lookup {
    model::default_key wanted{};
    reason why_not = reason::none;  ///< none: `exists` is the answer
    std::string_view detail{};      ///< of a reason: a sentence
    bool exists = false;
};

/// Looks up whether the parents have the keys, with the locks, the snapshot, the rights and the refusals of fk_check and
/// with the exact comparison of the foreign key, but without running any function of a user who is no superuser: a
/// look-up that would is refused. Keys with one child stand together. A look-up that fails gets its reason
/// and leaves the others alone; a cancel ends all.
void look_up(pg::call& current, std::span<default_lookup> lookups);

}  // namespace fkaudit::check
