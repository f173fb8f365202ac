#pragma once

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

/// A format of fk_report().
struct format {
    std::string_view name{};
    bool is_ascii = false;   ///< nothing but ASCII comes out, whatever goes in
    bool has_graph = false;  ///< it shows audit_report::graph
    std::string_view (*render)(model::arena& arena, audit_report const& all) = nullptr;
};

/// nullptr: there is no such format.
format const* find_format(std::string_view name) noexcept;

/// Their names, as an error's hint lists them.
inline constexpr std::string_view format_names = "text, markdown, html, json, sarif, junit";

}  // namespace fkaudit::report
