#pragma once

#include "src/check/key_format.hpp"
#include "src/keys/equal_bytes.hpp"
#include "src/pg/compat.hpp"

/// Values as they lie in a row.
namespace fkaudit::check {

/// Bytes, for pg_attribute.attalign.
inline std::uint8_t alignment_of(char align) noexcept {
    switch (align) {
        case TYPALIGN_CHAR: return 1;
        case TYPALIGN_SHORT: return ALIGNOF_SHORT;
        case TYPALIGN_INT: return ALIGNOF_INT;
        default: return ALIGNOF_DOUBLE;
    }
}

inline std::uint32_t align_up(std::uint32_t offset, std::uint8_t alignment) noexcept {
    return (offset + alignment - 1U) & ~(alignment - 1U);
}

/// With its sign; `width` is 1, 2, 4 or 8 bytes.
inline std::int64_t load_integer(char const* value, std::int16_t width) noexcept {
    auto const load = [&]<class Integer>(Integer integer) {
        std::memcpy(&integer, value, sizeof integer);
        return std::int64_t{integer};
    };
    switch (width) {
        case 1: return load(std::int8_t{});
        case 2: return load(std::int16_t{});
        case 4: return load(std::int32_t{});
        default: return load(std::int64_t{});
    }
}

/// Bytes that a value takes, as att_addlength_pointer counts them.
inline std::uint32_t size_of(char const* value, std::int16_t length) noexcept {
    if (length > 0) return static_cast<std::uint32_t>(length);
    return static_cast<std::uint32_t>(length == -1 ? VARSIZE_ANY(value) : std::strlen(value) + 1);
}

/// May ereport: a value that is stored elsewhere, or compressed, is fetched.
inline std::string_view load_varlena(char const* value) {
    auto* const stored = reinterpret_cast<varlena*>(const_cast<char*>(value));
    if (VARATT_IS_SHORT(stored) && !VARATT_IS_EXTERNAL(stored))
        return {VARDATA_SHORT(stored), VARSIZE_SHORT(stored) - VARHDRSZ_SHORT};
    auto* const plain =
        VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored) ? pg_detoast_datum_packed(stored) : stored;
    return {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

/// The bytes of a value that is no integer. May ereport, as load_varlena.
inline std::string_view load_text(char const* value, column_format const& format) {
    switch (format.how) {
        case storage::fixed: return {value, static_cast<std::size_t>(format.width)};
        case storage::name: return {value, strnlen(value, NAMEDATALEN)};
        default: return load_varlena(value);
    }
}

inline std::string_view without_blanks(std::string_view text) noexcept {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// An integer, or the bits of a float, as the format has it.
inline std::int64_t rewrite(std::int64_t value, rewriting change) noexcept {
    switch (change) {
        case rewriting::real: return keys::equal_float(value);
        case rewriting::real_to_double: return keys::float_as_double(value);
        case rewriting::double_precision: return keys::equal_double(value);
        case rewriting::integer_to_double: return keys::equal_double(static_cast<double>(value));
        default: return value;
    }
}

/// Other bytes as the format has them; those that change go into `room`, of so many bytes.
inline std::size_t room_for(std::string_view text) noexcept { return text.size() + keys::most_added; }
inline std::string_view rewrite(std::string_view text, rewriting change, char* room) noexcept {
    switch (change) {
        case rewriting::strip_blanks: return without_blanks(text);
        case rewriting::numeric: return {room, keys::write_numeric(text, room)};
        case rewriting::interval: {
            if (text.size() != keys::interval_size) return {};
            auto const length = keys::equal_interval(text.data());
            std::memcpy(room, &length, sizeof length);
            return {room, sizeof length};
        }
        default: return text;
    }
}

}  // namespace fkaudit::check
