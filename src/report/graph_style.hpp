#pragma once

#include "src/report/markup.hpp"

/// What the three formats of a graph have in common: colours, strokes and words.
namespace fkaudit::report {

/// How an action looks: its name in classes, its colours on a light and on a dark background.
struct action_style {
    model::action action;
    std::string_view name;
    std::string_view light;
    std::string_view dark;
};

/// In the order of the legend.
inline constexpr action_style action_styles[] = {
    {model::action::cascade, "cascade", "#cf222e", "#ff7b72"},
    {model::action::set_null, "set-null", "#8250df", "#d2a8ff"},
    {model::action::set_default, "set-default", "#0f7b6c", "#56d4bc"},
    {model::action::restrict_, "restrict", "#0969da", "#79c0ff"},
    {model::action::no_action, "no-action", "#6e7781", "#8b949e"},
};
action_style const& style_of(model::action action) noexcept;

inline constexpr std::string_view cycle_light = "#bc4c00", cycle_dark = "#ffa657";

/// How writes are checked, as a stroke; `dash` is empty for a whole line.
struct enforcement_style {
    model::enforcement_state state;
    std::string_view name;
    std::string_view dash;
    std::string_view dot;  ///< Graphviz's word
};
inline constexpr enforcement_style enforcement_styles[] = {
    {model::enforcement_state::enforced, "enforced", "", "solid"},
    {model::enforcement_state::not_valid, "not-valid", "7 4", "dashed"},
    {model::enforcement_state::bypassed, "bypassed", "2 4", "dotted"},
    {model::enforcement_state::not_enforced, "not-enforced", "9 4 2 4", "dashed"},
};
enforcement_style const& style_of(model::enforcement_state state) noexcept;

/// `table`, or `schema.table` where the graph has several schemas; not escaped, as all of these texts.
std::string_view table_text(model::arena& arena, graph const& drawn, model::relation const& table);

/// The columns of a key, `a, b`; of more than three, `a, b, +2`.
std::string_view column_text(model::arena& arena, model::constraint const& key);

/// One sentence about a key: its ends, its actions, and what is wrong with it.
std::string_view describe(model::arena& arena, graph_edge const& edge);

/// What the picture shows: `12 tables, 20 foreign keys, 1 cycle`.
std::string_view summarize(model::arena& arena, graph const& drawn);

/// Such as `1 table` or `7 tables`.
std::string_view count_text(model::arena& arena, std::size_t count, std::string_view one, std::string_view many);

}  // namespace fkaudit::report
