#include "src/audit/index_priority.hpp"

#include <algorithm>

namespace fkaudit::audit {

namespace {

bool acts_on_child(model::action action) noexcept {
    return action == model::action::cascade || action == model::action::set_null ||
           action == model::action::set_default;
}

index_priority by_size_and_traffic(model::constraint const& key) noexcept {
    auto const& parent = *key.parent;
    auto const size = key.child->rows < 0 ? unknown_size : key.child->bytes;
    double const searches = static_cast<double>(parent.deletes) +
                            static_cast<double>(parent.updates) / static_cast<double>(updates_for_a_search);
    double const read = static_cast<double>(size) * searches;
    if (read >= static_cast<double>(much) || (size >= large && parent.deletes > 0 && acts_on_child(key.on_delete)))
        return index_priority::high;
    return size >= large || read >= static_cast<double>(large) ? index_priority::medium : index_priority::low;
}

}  // namespace

std::string_view to_text(index_priority priority) noexcept {
    switch (priority) {
        case index_priority::none: return "none";
        case index_priority::low: return "low";
        case index_priority::medium: return "medium";
        case index_priority::high: return "high";
    }
    return "";
}

index_urgency judge_urgency(model::arena& arena, model::constraint const& key, index_coverage const& coverage) {
    if (coverage.verdict == index_verdict::covered) return {};
    if (!key.is_enforced) return {.note = "the key is NOT ENFORCED, so that nobody searches"};
    bool const is_quiet = key.parent->deletes == 0 && key.parent->updates == 0;
    if (is_quiet && !key.parent->has_figures)
        return {index_priority::low,
                arena.concat("nothing is known of deletes and updates in the shards of ", key.parent->qualified)};
    if (is_quiet)
        return {.note = arena.concat(key.parent->qualified,
                                     " has seen no delete or update since the statistics were reset")};
    auto priority = by_size_and_traffic(key);
    if (coverage.is_single_row) priority = index_priority::low;
    if (coverage.verdict == index_verdict::weak && priority > index_priority::low)
        priority = static_cast<index_priority>(static_cast<int>(priority) - 1);
    return {priority, {}};
}

}  // namespace fkaudit::audit
