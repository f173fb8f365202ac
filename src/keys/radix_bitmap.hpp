#pragma once

#include <array>
#include <limits>

#include "src/keys/memory.hpp"
#include "src/keys/packed_key.hpp"

namespace fkaudit::keys {

/// A set of keys made of integers that lie close together: one bit for each possible key, addressed by mixed radix. The
/// memory holds no pointer: with the same shape it is the same set at any address.
template <class Key>
class radix_bitmap {
public:
    struct dimension {
        field where{};
        std::int64_t least = 0;
        std::uint64_t range = 0;  ///< values from `least` on
        std::uint64_t stride = 0;
    };
    struct shape {
        static constexpr std::size_t most = 16;
        std::array<dimension, most> dimensions{};
        std::size_t count = 0;
        std::uint64_t size = 0;  ///< bits
    };

    radix_bitmap(shape const& form, std::byte* memory) noexcept
        : shape_(form),
          bits_(reinterpret_cast<std::uint64_t*>(memory)) {}

    /// The shape that holds all of the keys (pieces or a like list); one of size 0 where it would take more than
    /// `most_bits`, or has no fields.
    template <class Keys>
    static shape fit(Keys const& keys, std::span<field const> fields, std::uint64_t most_bits) {
        shape form;
        if (fields.empty() || fields.size() > shape::most || keys.size() == 0) return form;
        std::uint64_t bits = 1;
        for (auto const& where : fields) {
            auto least = std::numeric_limits<std::int64_t>::max(), greatest = std::numeric_limits<std::int64_t>::min();
            keys.read([&](std::span<Key const> part) {
                for (auto const& key : part) {
                    auto const value = extract(key, where);
                    least = value < least ? value : least;
                    greatest = value > greatest ? value : greatest;
                }
            });
            auto const distance = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
            if (distance >= most_bits / bits) return {};
            form.dimensions[form.count++] = {where, least, distance + 1, bits};
            bits *= distance + 1;
        }
        form.size = bits;
        return form;
    }

    static radix_bitmap with_shape(model::memory_resource& memory, shape const& form) {
        return {form, allocate_lines(memory, bytes(form))};
    }

    shape const& form() const noexcept { return shape_; }
    std::byte const* memory() const noexcept { return reinterpret_cast<std::byte const*>(bits_); }
    /// One bit more than there are keys: it stands for all that are out of range.
    static std::size_t bytes(shape const& form) noexcept { return (form.size / 64 + 1) * sizeof(std::uint64_t); }

    void insert(std::span<Key const> keys) noexcept {
        for (auto const& key : keys) {
            auto const bit = locate(key);
            bits_[bit / 64] |= std::uint64_t{1} << bit % 64;
        }
    }

    /// Writes the positions of the keys that are not in the set; returns how many they are.
    std::size_t find_missing(std::span<Key const> keys, std::uint32_t* missing) const noexcept {
        // Copies, which no store into `missing` can change.
        auto const first = shape_.dimensions[0], second = shape_.dimensions[1];
        auto const size = shape_.size;
        if (shape_.count == 1)
            return find(keys, missing, [=](Key const& key) {
                auto const at = offset(key, first);
                return at < size ? at : size;
            });
        if (shape_.count == 2)
            return find(keys, missing, [=](Key const& key) {
                auto const a = offset(key, first), b = offset(key, second);
                return a < first.range && b < second.range ? a + b * second.stride : size;
            });
        return find(keys, missing, [this](Key const& key) { return locate(key); });
    }

private:
    template <class Locate>
    std::size_t find(std::span<Key const> keys, std::uint32_t* missing, Locate locate) const noexcept {
        std::uint32_t* end = missing;
        auto const* const bits = bits_;
        for (std::size_t number = 0; number < keys.size(); ++number) {
            auto const bit = locate(keys[number]);
            *end = static_cast<std::uint32_t>(number);
            end += 1 - (bits[bit / 64] >> bit % 64 & 1);
        }
        return static_cast<std::size_t>(end - missing);
    }

    static std::uint64_t offset(Key const& key, dimension const& one) noexcept {
        return static_cast<std::uint64_t>(extract(key, one.where)) - static_cast<std::uint64_t>(one.least);
    }
    std::uint64_t locate(Key const& key) const noexcept {
        std::uint64_t bit = 0;
        for (std::size_t number = 0; number < shape_.count; ++number) {
            auto const& one = shape_.dimensions[number];
            auto const at = offset(key, one);
            if (at >= one.range) return shape_.size;
            bit += at * one.stride;
        }
        return bit;
    }

    shape shape_;
    std::uint64_t* bits_;
};

}  // namespace fkaudit::keys
