#include "src/report/visible.hpp"

#include "src/model/unicode.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

std::string_view visible(model::arena& arena, std::string_view text, bool keeps_lines) {
    auto const is_plain = [&](char one) { return (one >= ' ' && one < 0x7F) || (keeps_lines && one == '\n'); };
    bool all_plain = true;
    for (char const one : text) all_plain = all_plain && is_plain(one);
    if (all_plain) return text;
    writer out(arena);
    while (!text.empty()) {
        auto const one = model::take(text);
        bool const stays = one.is_valid && (!model::is_invisible(one.value) || (keeps_lines && one.value == '\n'));
        out << (stays ? one.bytes : model::shown_code(one).text());
    }
    return arena.copy(out.text());
}

std::size_t columns(std::string_view text) noexcept {
    std::size_t sum = 0;
    while (!text.empty()) sum += static_cast<std::size_t>(model::width(model::take(text).value));
    return sum;
}

}  // namespace fkaudit::report
