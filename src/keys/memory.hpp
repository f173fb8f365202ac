#pragma once

#include <atomic>
#include <cstdint>

#include "src/model/arena.hpp"

namespace fkaudit::keys {

/// Thrown where a key set would take more memory than it was given. No std::exception: only who gave the memory
/// catches it.
struct over_budget {};

/// Hands out another resource's memory up to a limit. Error: over_budget.
class bounded_memory final : public model::memory_resource {
public:
    bounded_memory(model::memory_resource& source, std::size_t limit) noexcept
        : source_(source),
          own_(limit),
          left_(own_) {}
    /// One of several whose limit is what is left of a common one. What it has taken is given back at its end.
    bounded_memory(model::memory_resource& source, std::atomic<std::size_t>& left) noexcept
        : source_(source),
          left_(left) {}
    bounded_memory(bounded_memory const&) = delete;
    bounded_memory& operator=(bounded_memory const&) = delete;
    ~bounded_memory() override { left_.fetch_add(taken_, std::memory_order_relaxed); }

    std::size_t left() const noexcept { return left_.load(std::memory_order_relaxed); }
    std::size_t taken() const noexcept { return taken_; }

private:
    void reserve(std::size_t bytes) {
        auto left = left_.load(std::memory_order_relaxed);
        do {
            if (bytes > left) throw over_budget{};
        } while (!left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed));
        taken_ += bytes;
    }
    void give_back(std::size_t bytes) noexcept {
        left_.fetch_add(bytes, std::memory_order_relaxed);
        taken_ -= bytes;
    }

    // g++ 16 inlines it into itself, as if the source could be such a one, and warns of what it would read there.
    [[gnu::noinline]] void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        reserve(bytes);
        try {
            return source_.allocate(bytes, alignment);
        } catch (...) {
            give_back(bytes);
            throw;
        }
    }
    void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override {
        source_.deallocate(place, bytes, alignment);
        give_back(bytes);
    }
    bool do_is_equal(model::memory_resource const& other) const noexcept override { return this == &other; }

    model::memory_resource& source_;
    std::atomic<std::size_t> own_{0};
    std::atomic<std::size_t>& left_;
    std::size_t taken_ = 0;
};

inline constexpr std::size_t line_size = 64;

/// Zeroed memory that begins at a cache line. It goes with its resource; memory never comes back alone.
inline std::byte* allocate_lines(model::memory_resource& memory, std::size_t bytes) {
    if (bytes > SIZE_MAX - 2 * line_size) throw over_budget{};
    auto const whole = bytes + line_size;
    auto* const place = static_cast<std::byte*>(memory.allocate(whole, alignof(std::uint64_t)));
    auto const past = reinterpret_cast<std::uintptr_t>(place) % line_size;
    auto* const start = place + (past == 0 ? 0 : line_size - past);
    std::memset(start, 0, bytes);
    return start;
}

/// A list that grows without moving what is in it, and can be given back piece by piece while it is read.
template <class T>
class pieces {
public:
    explicit pieces(model::memory_resource& memory) noexcept : allocator_(memory), all_(allocator_) {}
    pieces(pieces const&) = delete;
    pieces& operator=(pieces const&) = delete;

    std::size_t size() const noexcept { return size_; }

    void add(T const& item) {
        if (free_ == 0) grow();
        *next_++ = item;
        --free_;
        ++size_;
    }

    void add(std::span<T const> items) {
        while (!items.empty()) {
            if (free_ == 0) grow();
            auto const count = items.size() < free_ ? items.size() : free_;
            std::memcpy(static_cast<void*>(next_), items.data(), count * sizeof(T));
            next_ += count;
            free_ -= count;
            size_ += count;
            items = items.subspan(count);
        }
    }

    /// Calls `use(std::span<T const>)` for each piece, in order.
    template <class Use>
    void read(Use use) const {
        for (auto const& one : all_) use(std::span<T const>(one.start, used(one)));
    }

    /// The same, and gives each piece's memory back after it; the list is empty then.
    template <class Use>
    void consume(Use use) {
        for (auto& one : all_) {
            use(std::span<T const>(one.start, used(one)));
            allocator_.deallocate(one.start, one.room);
        }
        all_.clear();
        size_ = free_ = 0;
    }

private:
    struct piece {
        T* start;
        std::size_t room;
    };

    static constexpr std::size_t first_room = 64, most_room = 1 << 16;

    std::size_t used(piece const& one) const noexcept { return &one == &all_.back() ? one.room - free_ : one.room; }

    void grow() {
        std::size_t const room = all_.empty()                       ? first_room
                                 : all_.back().room * 4 < most_room ? all_.back().room * 4
                                                                    : most_room;
        all_.reserve(all_.size() + 1);
        all_.push_back({allocator_.allocate(room), room});
        next_ = all_.back().start;
        free_ = room;
    }

    model::allocator<T> allocator_;
    model::vector<piece> all_;
    T* next_ = nullptr;
    std::size_t free_ = 0;
    std::size_t size_ = 0;
};

}  // namespace fkaudit::keys
