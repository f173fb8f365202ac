#include "src/audit/name_parts.hpp"

#include <algorithm>

namespace fkaudit::audit {

namespace {

using text = std::string_view;

bool is_upper(char one) noexcept { return one >= 'A' && one <= 'Z'; }
bool is_lower(char one) noexcept { return one >= 'a' && one <= 'z'; }
bool is_digit(char one) noexcept { return one >= '0' && one <= '9'; }
bool is_part(char one) noexcept {
    return is_upper(one) || is_lower(one) || is_digit(one) || static_cast<unsigned char>(one) >= 0x80;
}

/// Whether a word begins here: after a sign, at a capital after a small letter, or before the last of several capitals
/// that a small letter follows (`HTMLPage`).
bool begins_word(text name, std::size_t place) noexcept {
    if (place == 0 || !is_part(name[place - 1])) return true;
    if (!is_upper(name[place])) return false;
    auto const before = name[place - 1];
    if (!is_upper(before)) return true;
    return place + 1 < name.size() && is_lower(name[place + 1]);
}

constexpr std::pair<text, text> irregular[] = {
    {"person", "people"},   {"child", "children"}, {"man", "men"},         {"woman", "women"},
    {"mouse", "mice"},      {"foot", "feet"},      {"datum", "data"},      {"index", "indices"},
    {"matrix", "matrices"}, {"medium", "media"},   {"vertex", "vertices"}, {"criterion", "criteria"},
    {"staff", "staves"},
};

bool ends_with(text whole, text end) noexcept {
    return whole.size() >= end.size() && whole.substr(whole.size() - end.size()) == end;
}

/// Whether `many` is one plural that `one` can have.
bool is_plural_of(text many, text one) noexcept {
    auto const stem = [&](std::size_t cut, text end) {
        return one.size() > cut + 1 && many.size() == one.size() - cut + end.size() &&
               many.substr(0, one.size() - cut) == one.substr(0, one.size() - cut) && ends_with(many, end);
    };
    if (stem(0, "s") || stem(0, "es") || (one.size() > 3 && (stem(0, "n") || stem(0, "en")))) return true;
    if (ends_with(one, "y") && stem(1, "ies")) return true;
    if (ends_with(one, "is") && stem(2, "es")) return true;
    if (ends_with(one, "f") && stem(1, "ves")) return true;
    if (ends_with(one, "fe") && stem(2, "ves")) return true;
    return std::any_of(std::begin(irregular), std::end(irregular), [&](auto const& pair) {
        return ends_with(one, pair.first) && ends_with(many, pair.second) &&
               one.size() - pair.first.size() == many.size() - pair.second.size() &&
               one.substr(0, one.size() - pair.first.size()) == many.substr(0, many.size() - pair.second.size());
    });
}

/// Of all words together.
std::size_t length(words all) noexcept {
    std::size_t size = 0;
    for (auto const one : all) size += one.size();
    return size;
}

}  // namespace

words split_name(model::arena& arena, text name) {
    auto const small = arena.array<char>(name.size());
    std::transform(name.begin(), name.end(), small.begin(),
                   [](char one) { return is_upper(one) ? static_cast<char>(one - 'A' + 'a') : one; });
    model::vector<text> parts(arena);
    std::size_t begin = 0;
    for (std::size_t place = 0; place <= name.size(); ++place) {
        bool const ends = place == name.size() || !is_part(name[place]) || begins_word(name, place);
        if (!ends) continue;
        if (place > begin) parts.push_back({small.data() + begin, place - begin});
        begin = place < name.size() && is_part(name[place]) ? place : place + 1;
    }
    return arena.copy(std::span<text const>(parts.data(), parts.size()));
}

bool is_same_noun(text a, text b) noexcept { return a == b || is_plural_of(a, b) || is_plural_of(b, a); }

bool is_same_name(words a, words b) noexcept {
    if (a.empty() || b.empty()) return false;
    if (a.size() == b.size()) return std::equal(a.begin(), a.end() - 1, b.begin()) && is_same_noun(a.back(), b.back());
    // One of them without the signs between the words.
    auto const& joined = a.size() == 1 ? a : b;
    auto const& apart = a.size() == 1 ? b : a;
    if (joined.size() != 1 || length(joined) < 5) return false;
    auto rest = joined[0];
    for (auto const part : apart.first(apart.size() - 1)) {
        if (rest.substr(0, part.size()) != part) return false;
        rest.remove_prefix(part.size());
    }
    return !rest.empty() && is_same_noun(rest, apart.back());
}

}  // namespace fkaudit::audit
