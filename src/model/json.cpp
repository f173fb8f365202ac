#include "src/model/json.hpp"

namespace fkaudit::model {

namespace {

constexpr std::size_t longest_escape = 6;

char* write_escaped(char* end, char character) {
    auto const code = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
        *end++ = '\\';
        *end++ = character;
    } else if (code >= 0x20) {
        *end++ = character;
    } else {
        constexpr std::string_view digits = "0123456789abcdef";
        for (char const part : {'\\', 'u', '0', '0', digits[code >> 4], digits[code & 15]}) *end++ = part;
    }
    return end;
}

}  // namespace

std::string_view json_string(arena& memory, std::string_view text) {
    auto const room = memory.array<char>(text.size() * longest_escape + 2);
    char* end = room.data();
    *end++ = '"';
    for (char const character : text) end = write_escaped(end, character);
    *end++ = '"';
    return {room.data(), static_cast<std::size_t>(end - room.data())};
}

}  // namespace fkaudit::model
