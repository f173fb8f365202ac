#pragma once

#include <cstdint>
#include <string_view>

#include "src/keys/memory.hpp"

namespace fkaudit::keys {

/// Shorter ones first, so that it says nothing about what they mean.
inline bool is_smaller(std::string_view a, std::string_view b) noexcept {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// Counts how often each of several byte strings comes. Errors: over_budget, with nothing counted.
class key_counter {
public:
    /// One string and its count; `shown` stands for all that count as the same.
    struct entry {
        std::uint64_t count = 0;
        std::string_view key{};
        std::string_view shown{};
    };

    key_counter(model::memory_resource& memory, std::uint64_t seed) noexcept
        : allocator_(memory),
          seed_(seed),
          slots_(allocator_),
          blocks_(allocator_) {}

    /// Counts `key`, as often as it says, and keeps the smallest `shown` with it: whoever counts, in whatever order.
    void add(std::string_view key, std::string_view shown, std::uint64_t count = 1);

    std::size_t size() const noexcept { return size_; }

    /// Calls `use(entry)` for each, in no order.
    template <class Use>
    void read(Use use) const {
        for (auto const& slot : slots_)
            if (slot.place != nullptr) use(describe(slot.place));
    }

    /// Forgets everything and gives the memory back.
    void clear() noexcept;

private:
    struct header {
        std::uint64_t count;
        std::uint32_t key_size;
        std::uint32_t shown_size;  ///< 0: as the key
    };
    struct slot {
        std::uint64_t hash = 0;
        char* place = nullptr;
    };
    struct block {
        char* start;
        std::size_t size;
    };

    static constexpr std::size_t block_size = 32 * 1024, first_slots = 64;

    static entry describe(char const* place) noexcept;
    slot& find(std::uint64_t hashed, std::string_view key) noexcept;
    void grow();
    char* store(std::string_view key, std::string_view shown);

    model::allocator<char> allocator_;
    std::uint64_t seed_;
    model::vector<slot> slots_;
    model::vector<block> blocks_;
    std::size_t left_ = 0;
    std::size_t size_ = 0;
};

}  // namespace fkaudit::keys
