#pragma once

#include <span>

#include "src/diagnose/wording.hpp"
#include "src/model/arena.hpp"

namespace fkaudit::diagnose {

/// A name that a message quotes. A name may hold quotation marks itself, so that it can end at several places.
struct quoted_name {
    std::span<std::string_view const> readings{};  ///< the longest first; none: the message has no such name

    bool can_be(std::string_view name) const noexcept;
    /// The most likely one.
    std::string_view text() const noexcept { return readings.empty() ? std::string_view() : readings.back(); }
};

/// A message of the server about a foreign key, found in a text.
struct message {
    event what = event::unknown;
    quoted_name table{};  ///< named first: the child on a write of it; otherwise the parent or its partition
    quoted_name constraint{};
    quoted_name child{};      ///< of messages that name three
    std::string_view rest{};  ///< what follows, up to the next message
    bool is_wrapped = false;  ///< something is still wrapped around it
};

/// All messages of the server that a text in UTF-8 holds, in its order. White space may have become other white space, and
/// quotation marks other ones. `pause` is called now and then, and may throw.
std::span<message const> find_messages(model::arena& arena, std::string_view text, void (*pause)());

/// Whether a text that has no such message speaks of a violated foreign key all the same: by its SQLSTATE, in English, or
/// by a key as DETAIL shows it.
bool hints_at_violation(std::string_view text) noexcept;

/// All that stands between quotation marks, backticks or brackets and could be a name.
std::span<std::string_view const> quoted_texts(model::arena& arena, std::string_view text);

}  // namespace fkaudit::diagnose
