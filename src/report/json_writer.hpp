#pragma once

#include <cstdint>
#include <optional>

#include "src/report/writer.hpp"

namespace fkaudit::report {

/// JSON in the making, indented by two blanks. It is plain ASCII, other characters as \u escapes, so that it is the same
/// text in every encoding of a database, a client or a file.
class json_writer {
public:
    explicit json_writer(model::arena& arena) : out_(arena) {}

    /// A value: of an array, or of the member that name() began.
    void value(std::string_view text);
    void value(std::int64_t number);
    void value(bool truth);
    void null();

    void name(std::string_view member);

    template <class T>
    void member(std::string_view member_name, T const& given) {
        name(member_name);
        if constexpr (std::is_same_v<T, bool>)
            value(given);
        else if constexpr (std::is_integral_v<T>)
            value(static_cast<std::int64_t>(given));
        else
            value(std::string_view(given));
    }
    /// null where the text is empty.
    void member_or_null(std::string_view member_name, std::string_view text) {
        name(member_name);
        text.empty() ? null() : value(text);
    }
    void member_or_null(std::string_view member_name, std::optional<std::int64_t> number) {
        name(member_name);
        number ? value(*number) : null();
    }

    template <class Content>
    void object(Content content) {
        nest('{', '}', content);
    }
    template <class Content>
    void object(std::string_view member_name, Content content) {
        name(member_name);
        object(content);
    }
    template <class Content>
    void array(std::string_view member_name, Content content) {
        name(member_name);
        nest('[', ']', content);
    }
    /// An array of what `each(item)` writes.
    template <class Range, class Each>
    void array(std::string_view member_name, Range const& items, Each each) {
        array(member_name, [&] {
            for (auto const& item : items) each(item);
        });
    }

    std::string_view text() const noexcept { return out_.text(); }

private:
    template <class Content>
    void nest(char open, char close, Content content) {
        begin_value();
        out_ << open;
        ++depth_;
        is_first_ = true;
        content();
        --depth_;
        if (!is_first_) break_line();
        is_first_ = false;
        out_ << close;
    }
    void begin_value();
    void break_line();
    void quote(std::string_view text);

    writer out_;
    std::size_t depth_ = 0;
    bool is_first_ = true;     ///< nothing stands in the innermost object or array yet
    bool after_name_ = false;  ///< a member's name waits for its value
};

}  // namespace fkaudit::report
