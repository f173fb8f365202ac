#pragma once

#include <algorithm>

#include "src/keys/memory.hpp"

namespace fkaudit::keys {

/// A list of different items within a fixed memory, which is taken at once and used as it fills. Repeated ones are thrown
/// away when it is full. Error: over_budget, where too many different ones are left.
template <class T, class Less = std::less<T>>
class distinct_list {
public:
    distinct_list(model::memory_resource& memory, std::size_t bytes)
        : room_(std::max<std::size_t>(bytes / sizeof(T), 64)),
          items_(static_cast<T*>(memory.allocate(room_ * sizeof(T), alignof(T)))) {}
    distinct_list(distinct_list const&) = delete;
    distinct_list& operator=(distinct_list const&) = delete;

    void add(T const& item) {
        add(item, [](std::span<T const>) { throw over_budget{}; });
    }

    /// The same, but where too many are left they go to `pass_on(std::span<T const>)`.
    template <class PassOn>
    void add(T const& item, PassOn pass_on) {
        if (size_ > 0 && items_[size_ - 1] == item) return;
        if (size_ == room_) {
            make_distinct();
            if (is_crowded()) drain(pass_on);
        }
        items_[size_++] = item;
    }

    /// Passes on what there is, sorted; the list is empty then.
    template <class PassOn>
    void drain(PassOn pass_on) {
        make_distinct();
        if (size_ > 0) pass_on(std::span<T const>(items_, size_));
        size_ = 0;
    }

    /// The items, sorted. Error: over_budget, as if it had been full.
    std::span<T const> finish() {
        make_distinct();
        if (is_crowded()) throw over_budget{};
        return {items_, size_};
    }

private:
    bool is_crowded() const noexcept { return size_ > room_ / 2; }
    void make_distinct() {
        std::sort(items_, items_ + size_, Less());
        size_ = static_cast<std::size_t>(std::unique(items_, items_ + size_) - items_);
    }

    std::size_t room_;
    T* items_;
    std::size_t size_ = 0;
};

}  // namespace fkaudit::keys
