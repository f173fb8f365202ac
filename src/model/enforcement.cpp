#include "src/model/enforcement.hpp"

namespace fkaudit::model {

std::string_view to_text(enforcement_state state) noexcept {
    switch (state) {
        case enforcement_state::not_enforced: return "not enforced";
        case enforcement_state::bypassed: return "bypassed";
        case enforcement_state::not_valid: return "not valid";
        case enforcement_state::enforced: return "enforced";
    }
    return "";
}

}  // namespace fkaudit::model
