#pragma once

#include "src/model/unicode.hpp"
#include "src/report/graph.hpp"
#include "src/report/writer.hpp"

/// Names from the catalog as text of a picture. A character that shows nothing or turns its surroundings round
/// (model::is_invisible) is written as its code, such as [U+202E].
namespace fkaudit::report {

/// Takes the first character off a name that is not empty. In another encoding than UTF-8 bytes beyond ASCII count one by
/// one, and stand for themselves.
model::code_point take_character(std::string_view& name, encoding names) noexcept;

/// Calls `each(model::code_point)` for each character to be shown, those of a code in place of one among them.
template <class Each>
void each_visible(std::string_view name, encoding names, Each each) {
    while (!name.empty()) {
        auto const one = take_character(name, names);
        if (!one.is_valid || !model::is_invisible(one.value)) {
            each(one);
            continue;
        }
        model::shown_code const code(one);
        for (auto rest = code.text(); !rest.empty();) each(model::take(rest));
    }
}

/// As text or an attribute's value of XML (and HTML).
struct as_xml {
    std::string_view name;
    encoding names;
};
writer& operator<<(writer& out, as_xml const& text);

/// Inside "…" of Mermaid: every character that could mean something is written as an entity.
struct as_mermaid {
    std::string_view name;
    encoding names;
};
writer& operator<<(writer& out, as_mermaid const& text);

/// How many columns of a monospaced font the name takes.
std::size_t display_width(std::string_view name, encoding names) noexcept;

}  // namespace fkaudit::report
