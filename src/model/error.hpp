#pragma once

#include <string_view>

namespace fkaudit::model {

/// An error for the caller, thrown by value and raised by pg::boundary in PostgreSQL's form: a SQLSTATE of five
/// characters, a lower-case message without a period, DETAIL and HINT as sentences (empty: none). The texts are
/// literals or live in the call's arena.
struct error {
    std::string_view sqlstate;
    std::string_view message;
    std::string_view detail{};
    std::string_view hint{};
};

}  // namespace fkaudit::model
