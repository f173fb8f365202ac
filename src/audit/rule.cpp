#include "src/audit/rule.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace fkaudit::audit {

namespace {

using text = std::string_view;

auto order(finding const& one) {
    auto const* const child = one.child;
    return std::tuple(one.grade, child == nullptr ? text() : child->schema.name,
                      child == nullptr ? text() : child->name.name, one.constraint_name, one.by->name, one.place);
}

/// FNV-1a: the same on every machine and in every release, which the server's own hash functions do not promise.
class fingerprint {
public:
    void add(text part) {
        for (char const character : part) add(static_cast<unsigned char>(character));
        add(0);
    }
    text digits(model::arena& arena) const {
        auto const room = arena.array<char>(16);
        for (std::size_t number = 0; number < room.size(); ++number)
            room[number] = "0123456789abcdef"[value_ >> (60 - 4 * number) & 15];
        return {room.data(), room.size()};
    }

private:
    void add(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }

    std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

void sort(model::vector<finding>& findings) {
    std::stable_sort(findings.begin(), findings.end(),
                     [](finding const& a, finding const& b) { return order(a) < order(b); });
}

bool concerns(suppression const& one, finding const& what) noexcept {
    return what.key != nullptr && what.by->name == one.rule && what.child->qualified == one.child &&
           what.constraint_name == one.constraint_name;
}

text finding_key(model::arena& arena, finding const& one) {
    fingerprint sum;
    sum.add(one.by->name);
    sum.add(one.child == nullptr ? text() : one.child->qualified);
    sum.add(one.constraint_name);
    sum.add(one.place);
    return sum.digits(arena);
}

}  // namespace fkaudit::audit
