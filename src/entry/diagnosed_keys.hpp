#pragma once

#include "src/catalog/declared_keys.hpp"
#include "src/diagnose/message.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::entry {

/// A violation that a text speaks of, and a foreign key that it may be of.
struct diagnosed_key {
    diagnose::message told{};
    catalog::declared_key const* key = nullptr;  ///< nullptr: none that is there now
    std::string_view named_constraint{};         ///< the reading that fits, in UTF-8
    std::string_view named_table{};              ///< likewise
    std::string_view others{};                   ///< the other keys that it may be of
    bool is_on_shard = false;                    ///< the names are those of a shard of Citus
};

/// All violations of a text in UTF-8, in its order, each once for each key that it may be of: of the tables that bear the
/// message's names, those whose schema the text names beside it, or all where it names none. Error:
/// invalid_parameter_value where the text holds no violation.
std::span<diagnosed_key const> find_diagnosed(pg::call& current, catalog::declared_keys const& keys,
                                              std::string_view text);

}  // namespace fkaudit::entry
