#include "src/watch/violation.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::watch {

namespace {

using text = std::string_view;

text as_text(char const* value) noexcept { return value == nullptr ? text() : text(value); }

/// Cut where it does not fit, never inside a character.
template <std::size_t Size>
void copy_cut(char (&target)[Size], text source) noexcept {
    auto size = std::min(source.size(), Size - 1);
    if (size < source.size())
        size = static_cast<std::size_t>(
            pg_mbcliplen(source.data(), static_cast<int>(source.size()), static_cast<int>(size)));
    std::memcpy(target, source.data(), size);
    std::memset(target + size, 0, Size - size);
}

/// By the message before it was translated.
std::optional<violation_side> side_of(text message, bool in_alter_table) noexcept {
    if (message.starts_with("removing partition ")) return violation_side::detach;
    if (message.starts_with("insert or update on table "))
        return in_alter_table ? violation_side::validation : violation_side::child_write;
    if (!message.starts_with("update or delete on table ")) return std::nullopt;
    return message.find(" violates RESTRICT setting of ") != text::npos ? violation_side::restrict_
                                                                        : violation_side::parent_write;
}

/// `(a, b)=(1, 2)` out of the DETAIL, whatever language is around it: from the first parenthesis to the last one.
text key_in(text detail) noexcept {
    auto const begin = detail.find('(');
    auto const middle = detail.find(")=(");
    auto const end = detail.rfind(')');
    if (begin == text::npos || middle == text::npos || end < middle + 2) return {};
    return detail.substr(begin, end + 1 - begin);
}

}  // namespace

text to_text(violation_side side) noexcept {
    switch (side) {
        case violation_side::child_write: return "child write";
        case violation_side::parent_write: return "parent write";
        case violation_side::restrict_: return "restrict";
        case violation_side::detach: return "detach";
        case violation_side::validation: return "validation";
    }
    return "";
}

bool read_violation(ErrorData const& error, bool in_alter_table, violation_key& key, violation_event& event) noexcept {
    if (error.elevel < ERROR) return false;
    if (error.sqlerrcode != ERRCODE_FOREIGN_KEY_VIOLATION && error.sqlerrcode != ERRCODE_RESTRICT_VIOLATION)
        return false;
    // Anybody can raise the SQLSTATE; the file says who did.
    if (as_text(error.filename) != "ri_triggers.c") return false;
    auto const side = side_of(as_text(error.message_id), in_alter_table);
    if (!side || error.table_name == nullptr || error.constraint_name == nullptr) return false;

    std::memset(&key, 0, sizeof key);
    key.database = MyDatabaseId;
    key.side = *side;
    copy_cut(key.schema.data, as_text(error.schema_name));
    copy_cut(key.child.data, as_text(error.table_name));
    copy_cut(key.constraint.data, as_text(error.constraint_name));

    event.at = {GetCurrentTimestamp()};
    event.user = GetSessionUserId();
    copy_cut(event.application, as_text(application_name));
    copy_cut(event.key, key_in(as_text(error.detail)));
    return true;
}

}  // namespace fkaudit::watch
