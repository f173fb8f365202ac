#pragma once

#include "src/model/arena.hpp"
#include "src/model/relation.hpp"

namespace fkaudit::plan {

/// The text as an SQL string literal on one line, whatever standard_conforming_strings is.
inline std::string_view literal(model::arena& arena, std::string_view value) {
    model::vector<char> written(arena);
    bool escapes = false;
    for (char const character : value) {
        auto const code = static_cast<unsigned char>(character);
        if (character == '\'') {
            written.push_back('\'');
        } else if (character == '\\') {
            written.push_back('\\');
            escapes = true;
        } else if (code < ' ') {
            constexpr char digits[] = "0123456789abcdef";
            for (char const one : {'\\', 'x', digits[code >> 4], digits[code & 15]}) written.push_back(one);
            escapes = true;
            continue;
        }
        written.push_back(character);
    }
    return arena.concat(escapes ? "E'" : "'", std::string_view(written.data(), written.size()), '\'');
}

/// The table's name, schema-qualified, as a literal for a parameter of type regclass (which knows no U&"…").
inline std::string_view regclass_literal(model::arena& arena, model::relation const& table) {
    model::vector<char> written(arena);
    for (auto const name : {table.schema.name, table.name.name}) {
        if (!written.empty()) written.push_back('.');
        written.push_back('"');
        for (char const character : name) {
            if (character == '"') written.push_back('"');
            written.push_back(character);
        }
        written.push_back('"');
    }
    // Where nothing needs them, no quotes.
    bool const is_plain = table.qualified == arena.concat(table.schema.name, '.', table.name.name);
    return literal(arena, is_plain ? table.qualified : std::string_view(written.data(), written.size()));
}

}  // namespace fkaudit::plan
