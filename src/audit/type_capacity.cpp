#include "src/audit/type_capacity.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::audit {

namespace {

/// pg_type.dat
enum : model::oid {
    type_name = 19,
    type_int8 = 20,
    type_int2 = 21,
    type_int4 = 23,
    type_text = 25,
    type_cidr = 650,
    type_float4 = 700,
    type_float8 = 701,
    type_inet = 869,
    type_bpchar = 1042,
    type_varchar = 1043,
    type_date = 1082,
    type_time = 1083,
    type_timestamp = 1114,
    type_timestamptz = 1184,
    type_interval = 1186,
    type_timetz = 1266,
    type_bit = 1560,
    type_varbit = 1562,
    type_numeric = 1700,
};

constexpr std::int32_t header = 4;  // VARHDRSZ, in the modifiers of varchar, char and numeric
constexpr std::int32_t unlimited = INT32_MAX;
constexpr std::int32_t name_bytes = 63;
constexpr std::int32_t longest_character = 4;

answer to_answer(bool value) noexcept { return value ? answer::yes : answer::no; }

/// How many decimal digits an integer type takes whatever they are, and how many it never exceeds.
struct integer_digits {
    int any = 0;
    int most = 0;
};

integer_digits digits_of(model::oid type) noexcept {
    switch (type) {
        case type_int2: return {4, 5};
        case type_int4: return {9, 10};
        case type_int8: return {18, 19};
        default: return {};
    }
}

}  // namespace

bool is_integer(model::oid type) noexcept { return digits_of(type).most > 0; }

namespace {

bool is_float(model::oid type) noexcept { return type == type_float4 || type == type_float8; }
bool is_text(model::oid type) noexcept {
    return type == type_text || type == type_varchar || type == type_bpchar || type == type_name;
}

/// numeric(precision, scale); the scale is 11 bits with a sign (numeric.c: make_numeric_typmod).
int precision_of(plain_type const& numeric) noexcept { return ((numeric.modifier - header) >> 16) & 0xffff; }
int scale_of(plain_type const& numeric) noexcept { return (((numeric.modifier - header) & 0x7ff) ^ 1024) - 1024; }

answer numeric_holds(plain_type const& holder, plain_type const& other) noexcept {
    if (holder.modifier < 0) return answer::yes;
    int const before_point = precision_of(holder) - scale_of(holder);
    if (is_integer(other.id)) return to_answer(scale_of(holder) >= 0 && before_point >= digits_of(other.id).most);
    if (other.id != type_numeric || other.modifier < 0) return answer::no;
    return to_answer(scale_of(holder) >= scale_of(other) && before_point >= precision_of(other) - scale_of(other));
}

answer integer_holds(plain_type const& holder, plain_type const& other) noexcept {
    if (is_integer(other.id)) return to_answer(digits_of(holder.id).any >= digits_of(other.id).any);
    if (other.id != type_numeric || other.modifier < 0) return answer::no;
    return to_answer(scale_of(other) <= 0 && precision_of(other) - scale_of(other) <= digits_of(holder.id).any);
}

answer float_holds(plain_type const& holder, plain_type const& other) noexcept {
    if (is_float(other.id)) return to_answer(holder.id == type_float8 || other.id == type_float4);
    if (holder.id == type_float8) return to_answer(other.id == type_int2 || other.id == type_int4);
    return to_answer(other.id == type_int2);
}

/// In characters.
std::int32_t longest(plain_type const& type) noexcept {
    if (type.id == type_name) return name_bytes;
    return type.id == type_text || type.modifier < 0 ? unlimited : type.modifier - header;
}

answer text_holds(plain_type const& holder, plain_type const& other) noexcept {
    if (holder.id == type_name && other.id != type_name)
        return to_answer(longest(other) <= name_bytes / longest_character);
    return to_answer(longest(holder) >= longest(other));
}

bool has_zone(model::oid type) noexcept { return type == type_timestamptz; }
bool is_moment(model::oid type) noexcept {
    return type == type_date || type == type_timestamp || type == type_timestamptz;
}

/// Digits after the second: six where nothing is said.
answer precision_holds(plain_type const& holder, plain_type const& other) noexcept {
    if (holder.modifier < 0) return answer::yes;
    return to_answer(other.modifier >= 0 && holder.modifier >= other.modifier);
}

answer moment_holds(plain_type const& holder, plain_type const& other) noexcept {
    if (has_zone(holder.id) != has_zone(other.id)) return answer::no;
    if (other.id == type_date) return answer::yes;
    return holder.id == type_date ? answer::no : precision_holds(holder, other);
}

answer same_type_holds(plain_type const& holder, plain_type const& other) noexcept {
    switch (holder.id) {
        case type_time:
        case type_timetz: return precision_holds(holder, other);
        // A bit string of another length is never equal.
        case type_bit: return answer::no;
        case type_varbit:
            return to_answer(holder.modifier < 0 || (other.modifier >= 0 && holder.modifier >= other.modifier));
        default: return holder.modifier < 0 ? answer::yes : answer::unknown;
    }
}

}  // namespace

plain_type plain_type_of(model::database const& database, model::column const& column) noexcept {
    auto const* const type = database.find_type(column.type);
    if (type == nullptr || type->kind != 'd') return {column.type, column.modifier};
    return {type->base, type->base_modifier};
}

std::string_view write_type(model::arena& arena, model::database const& database, plain_type const& type) {
    auto const* const known = database.find_type(type.id);
    if (known == nullptr) return {};
    if (type.modifier < 0) return known->display;
    switch (type.id) {
        case type_varchar:
        case type_bpchar: return arena.concat(known->display, '(', type.modifier - header, ')');
        case type_bit:
        case type_varbit: return arena.concat(known->display, '(', type.modifier, ')');
        case type_numeric: return arena.concat("numeric(", precision_of(type), ',', scale_of(type), ')');
        case type_time: return arena.concat("time(", type.modifier, ") without time zone");
        case type_timetz: return arena.concat("time(", type.modifier, ") with time zone");
        case type_timestamp: return arena.concat("timestamp(", type.modifier, ") without time zone");
        case type_timestamptz: return arena.concat("timestamp(", type.modifier, ") with time zone");
        default: return {};
    }
}

answer holds_all(plain_type const& holder, plain_type const& other) noexcept {
    if (holder == other) return answer::yes;
    auto const is_number = [](model::oid type) { return is_integer(type) || is_float(type) || type == type_numeric; };
    if (is_number(holder.id) && is_number(other.id)) {
        if (holder.id == type_numeric) return numeric_holds(holder, other);
        return is_integer(holder.id) ? integer_holds(holder, other) : float_holds(holder, other);
    }
    if (is_text(holder.id) && is_text(other.id)) return text_holds(holder, other);
    if (is_moment(holder.id) && is_moment(other.id)) return moment_holds(holder, other);
    if (holder.id == type_inet && other.id == type_cidr) return answer::yes;
    if (holder.id == type_cidr && other.id == type_inet) return answer::no;
    return holder.id == other.id ? same_type_holds(holder, other) : answer::unknown;
}

bool has_length(model::oid type) noexcept { return is_text(type) || type == type_varbit || type == type_bit; }

bool change_rewrites(plain_type const& from, plain_type const& to) noexcept {
    if (from == to) return false;
    bool const is_wider = holds_all(to, from) == answer::yes;
    auto const is_variable = [](model::oid type) { return type == type_text || type == type_varchar; };
    if (is_variable(from.id) && is_variable(to.id)) return !is_wider;
    if (from.id == type_cidr && to.id == type_inet) return false;
    if (from.id != to.id) return true;
    switch (from.id) {
        // numeric.c: numeric_support keeps the values where only the precision grows.
        case type_numeric: return !is_wider || (to.modifier >= 0 && scale_of(to) != scale_of(from));
        case type_varbit:
        case type_time:
        case type_timetz:
        case type_timestamp:
        case type_timestamptz: return !is_wider;
        default: return true;
    }
}

}  // namespace fkaudit::audit
