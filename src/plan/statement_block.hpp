#pragma once

#include "src/model/arena.hpp"

namespace fkaudit::plan {

/// A DO statement on one line around a PL/pgSQL body, in dollar quotes that the body does not contain.
inline std::string_view write_block(model::arena& arena, std::string_view body) {
    std::string_view quotes = "$fk$";
    for (int number = 1; body.find(quotes) != std::string_view::npos; ++number)
        quotes = arena.concat("$fk", number, '$');
    return arena.concat("DO ", quotes, ' ', body, ' ', quotes, ';');
}

}  // namespace fkaudit::plan
