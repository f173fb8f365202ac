#pragma once

#include <algorithm>

#include "src/keys/radix_bitmap.hpp"

namespace fkaudit::keys {

/// A bitmap of words that come in any order: it grows to whichever side they lie, so that dense keys need no list of
/// their own before the set is made. It counts modulo 2^64, so that no end of the integers is special.
class growing_bitmap {
public:
    explicit growing_bitmap(model::memory_resource& memory) noexcept : allocator_(memory) {}
    growing_bitmap(growing_bitmap const&) = delete;
    growing_bitmap& operator=(growing_bitmap const&) = delete;

    /// Adds keys up to the first one that would make it larger than `most_bits`; returns how many it has added.
    std::size_t add(std::span<word const> keys, std::uint64_t most_bits) {
        for (std::size_t number = 0; number < keys.size(); ++number) {
            if (keys[number] - base_ >= size_ && !grow(keys[number], most_bits)) return number;
            auto const bit = keys[number] - base_;
            bits_[bit / 64] |= std::uint64_t{1} << bit % 64;
        }
        return keys.size();
    }

    bool is_empty() const noexcept { return size_ == 0; }

    /// The set. The bitmap's memory is the set's from now on.
    radix_bitmap<word> finish() const noexcept {
        typename radix_bitmap<word>::shape form;
        form.dimensions[0] = {field{}, static_cast<std::int64_t>(base_), size_, 1};
        form.count = 1;
        form.size = size_;
        return {form, reinterpret_cast<std::byte*>(bits_)};
    }

    /// Calls `use(word)` for each key, and gives the memory back.
    template <class Use>
    void consume(Use use) {
        for (std::uint64_t part = 0; part < size_ / 64; ++part)
            for (auto left = bits_[part]; left != 0; left &= left - 1)
                use(base_ + part * 64 + static_cast<std::uint64_t>(__builtin_ctzll(left)));
        release();
        bits_ = nullptr;
        size_ = 0;
    }

private:
    static constexpr std::uint64_t first_size = 4096;

    /// One more than the keys take: the set needs a bit that stands for all that are out of range.
    static std::size_t room(std::uint64_t size) noexcept { return size / 64 + 1; }

    void release() noexcept {
        if (bits_ != nullptr) allocator_.deallocate(bits_, room(size_));
    }

    bool grow(word key, std::uint64_t most_bits) {
        if (size_ == 0) base_ = key & ~word{63};
        bool const is_above = key - base_ <= base_ - key;
        auto const distance = is_above ? key - base_ : base_ - key;
        if (distance >= most_bits) return false;
        auto const needed = (is_above ? distance + 1 : distance + size_) + 63;
        auto larger = size_ == 0 ? first_size : 2 * size_;
        while (larger < needed) larger *= 2;
        larger = std::min(larger, most_bits & ~std::uint64_t{63});
        // Growing copies it: never by a little, or ascending keys would copy it for each of them.
        if (larger < (needed & ~std::uint64_t{63}) || larger < size_ + size_ / 4) return false;

        auto* const fresh = allocator_.allocate(room(larger));
        std::fill_n(fresh, room(larger), std::uint64_t{0});
        auto const shift = is_above ? 0 : larger - size_;
        if (size_ > 0) std::copy_n(bits_, size_ / 64, fresh + shift / 64);
        release();
        bits_ = fresh;
        base_ -= shift;
        size_ = larger;
        return true;
    }

    model::allocator<std::uint64_t> allocator_;
    std::uint64_t* bits_ = nullptr;
    word base_ = 0;
    std::uint64_t size_ = 0;
};

}  // namespace fkaudit::keys
