#include "src/model/constraint.hpp"

namespace fkaudit::model {

std::string_view to_text(action value) noexcept {
    switch (value) {
        case action::no_action: return "no action";
        case action::restrict_: return "restrict";
        case action::cascade: return "cascade";
        case action::set_null: return "set null";
        case action::set_default: return "set default";
    }
    return "";
}

std::string_view to_text(match_type value) noexcept {
    switch (value) {
        case match_type::simple: return "simple";
        case match_type::full: return "full";
        case match_type::partial: return "partial";
    }
    return "";
}

}  // namespace fkaudit::model
