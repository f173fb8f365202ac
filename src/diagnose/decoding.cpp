#include "src/diagnose/decoding.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace fkaudit::diagnose {

namespace {

using text = std::string_view;

class writer {
public:
    writer(model::arena& arena, std::size_t most) : place_(arena.array<char>(most)) {}
    void put(char one) { place_[size_++] = one; }
    void put(text some) {
        for (char const one : some) put(one);
    }
    /// Never longer than the escape that it is written for.
    void put_code(char32_t code) {
        auto const low = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
        if (code < 0x80) {
            put(static_cast<char>(code));
        } else if (code < 0x800) {
            put(static_cast<char>(0xC0 | (code >> 6)));
            put(low(code));
        } else if (code < 0x10000) {
            put(static_cast<char>(0xE0 | (code >> 12)));
            put(low(code >> 6));
            put(low(code));
        } else {
            put(static_cast<char>(0xF0 | (code >> 18)));
            put(low(code >> 12));
            put(low(code >> 6));
            put(low(code));
        }
    }
    text result() const { return {place_.data(), size_}; }

private:
    std::span<char> place_;
    std::size_t size_ = 0;
};

bool is_surrogate(char32_t code) { return code >= 0xD800 && code < 0xE000; }

/// Whether a text of the server can hold the character.
bool is_storable(char32_t code, bool is_utf8) {
    return code != 0 && code < 0x110000 && !is_surrogate(code) && (is_utf8 || code < 0x80);
}

std::optional<char32_t> read_number(text digits, int base) {
    std::uint32_t value = 0;
    auto const [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

/// What `\u` and four digits stand for, two of them for a character beyond the first plane.
std::optional<char32_t> read_unicode(text rest, std::size_t& length) {
    if (rest.size() < 6 || rest[1] != 'u') return std::nullopt;
    auto const first = read_number(rest.substr(2, 4), 16);
    if (!first) return std::nullopt;
    length = 6;
    if (!is_surrogate(*first)) return first;
    auto const pair = rest.substr(6);
    if (*first >= 0xDC00 || pair.size() < 6 || pair[0] != '\\' || pair[1] != 'u') return std::nullopt;
    auto const second = read_number(pair.substr(2, 4), 16);
    if (!second || *second < 0xDC00 || *second > 0xDFFF) return std::nullopt;
    length = 12;
    return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
}

char escaped(char letter) {
    switch (letter) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'b': return '\b';
        case 'f': return '\f';
        case '"':
        case '\'':
        case '\\':
        case '/': return letter;
        default: return '\0';
    }
}

text unescape(model::arena& arena, text source, bool is_utf8) {
    if (source.find('\\') == text::npos) return source;
    writer to(arena, source.size());
    for (std::size_t at = 0; at < source.size();) {
        auto const rest = source.substr(at);
        std::size_t length = 2;
        if (rest[0] == '\\' && rest.size() > 1) {
            if (char const one = escaped(rest[1]); one != '\0') {
                to.put(one);
                at += length;
                continue;
            }
            if (auto const code = read_unicode(rest, length); code && is_storable(*code, is_utf8)) {
                to.put_code(*code);
                at += length;
                continue;
            }
        }
        to.put(rest[0]);
        ++at;
    }
    return to.result();
}

text undouble(model::arena& arena, text source, bool) {
    if (source.find("\"\"") == text::npos) return source;
    writer to(arena, source.size());
    for (std::size_t at = 0; at < source.size(); ++at) {
        to.put(source[at]);
        if (source[at] == '"' && source.substr(at + 1).starts_with('"')) ++at;
    }
    return to.result();
}

struct reference {
    text name;
    char32_t code;
};
constexpr reference references[] = {{"quot", '"'},     {"apos", '\''},    {"amp", '&'},     {"lt", '<'},
                                    {"gt", '>'},       {"laquo", 0xAB},   {"raquo", 0xBB},  {"nbsp", 0xA0},
                                    {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"bdquo", 0x201E}};

std::optional<char32_t> read_reference(text name) {
    if (name.starts_with("#x") || name.starts_with("#X")) return read_number(name.substr(2), 16);
    if (name.starts_with('#')) return read_number(name.substr(1), 10);
    for (auto const& one : references)
        if (one.name == name) return one.code;
    return std::nullopt;
}

text unhtml(model::arena& arena, text source, bool is_utf8) {
    constexpr std::size_t longest = 10;
    if (source.find('&') == text::npos) return source;
    writer to(arena, source.size());
    for (std::size_t at = 0; at < source.size();) {
        auto const rest = source.substr(at);
        auto const end = rest[0] == '&' ? rest.substr(0, longest).find(';') : text::npos;
        auto const code = end == text::npos ? std::nullopt : read_reference(rest.substr(1, end - 1));
        if (code && is_storable(*code, is_utf8)) {
            to.put_code(*code);
            at += end + 1;
        } else {
            to.put(rest[0]);
            ++at;
        }
    }
    return to.result();
}

using step = text (*)(model::arena&, text, bool);
constexpr step ways[][2] = {{nullptr, nullptr}, {unescape, nullptr}, {unescape, unescape}, {undouble, nullptr},
                            {unhtml, nullptr},  {unescape, unhtml},  {undouble, unescape}, {unescape, undouble}};

}  // namespace

std::size_t ways_of_wrapping() noexcept { return std::size(ways); }

std::size_t likely_way(text source) noexcept {
    constexpr std::size_t escapes = 1, doubled = 3;
    auto const begin = source.find_first_not_of(" \t\r\n");
    if (begin != text::npos && (source[begin] == '{' || source[begin] == '[')) return escapes;
    for (auto const field : {text(",23503,\""), text(",23001,\"")})
        if (source.find(field) != text::npos) return doubled;
    return 0;
}

std::string_view unwrap(model::arena& arena, text source, std::size_t way, bool is_utf8) {
    for (auto const take_off : ways[way])
        if (take_off != nullptr) source = take_off(arena, source, is_utf8);
    return source;
}

}  // namespace fkaudit::diagnose
