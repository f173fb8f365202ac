#pragma once

#include <span>

#include "src/model/arena.hpp"

namespace fkaudit::diagnose {

/// What the text of a value looks like, as far as its type tells.
enum class value_shape : char { any, integer, number, boolean, uuid };

/// One column of a key.
struct key_column {
    std::string_view name{};
    value_shape shape = value_shape::any;
};

/// A key as a message shows it: `(a, b)=(1, x)`, names and values as they are, without quotes or escapes.
struct shown_key {
    enum class state : char {
        absent,     ///< the text shows no key, or one of other columns
        whole,      ///< `values` are it, by the columns
        truncated,  ///< the text ends before the key does; `values` are what there is, where they can be told
        ambiguous,  ///< there are several ways to divide the text into values
        hidden,     ///< the message says `Key is not present …`: the server shows no key to this user
    };
    state how = state::absent;
    std::string_view raw{};  ///< what stands between the parentheses of the values
    std::span<std::string_view const> values{};
};

/// Reads the key of the given columns from what follows a message. Values can hold commas and parentheses; their number and
/// their columns' types decide.
shown_key read_key(model::arena& arena, std::string_view rest, std::span<key_column const> columns);

/// The columns and the values of a key of unknown columns; the columns' text is empty where there is none.
struct unknown_key {
    std::string_view columns{};
    shown_key key{};
    std::span<std::string_view const> names{};  ///< by the values; none where they cannot be told
};
unknown_key read_unknown_key(model::arena& arena, std::string_view rest);

}  // namespace fkaudit::diagnose
