#include "src/report/formats.hpp"

#include <algorithm>

#include "src/report/html.hpp"
#include "src/report/json.hpp"
#include "src/report/junit.hpp"
#include "src/report/markdown.hpp"
#include "src/report/sarif.hpp"
#include "src/report/text.hpp"

namespace fkaudit::report {

namespace {

constexpr format formats[] = {
    {"text", false, false, render_text},  {"markdown", false, false, render_markdown},
    {"html", true, true, render_html},    {"json", true, false, render_json},
    {"sarif", true, false, render_sarif}, {"junit", true, false, render_junit},
};

}  // namespace

format const* find_format(std::string_view name) noexcept {
    auto const* const found =
        std::find_if(std::begin(formats), std::end(formats), [&](format const& one) { return one.name == name; });
    return found == std::end(formats) ? nullptr : found;
}

}  // namespace fkaudit::report
