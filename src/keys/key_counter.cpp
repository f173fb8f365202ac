#include "src/keys/key_counter.hpp"

#include "src/keys/packed_key.hpp"

namespace fkaudit::keys {

void key_counter::add(std::string_view key, std::string_view shown, std::uint64_t count) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    auto const hashed = hash(key, seed_);
    auto& found = find(hashed, key);
    if (found.place == nullptr) {
        found = {hashed, store(key, shown == key ? std::string_view() : shown)};
        ++size_;
    } else if (auto const kept = describe(found.place); is_smaller(shown, kept.shown)) {
        found.place = store(key, shown == key ? std::string_view() : shown);
        count += kept.count;
    }
    header known;
    std::memcpy(&known, found.place, sizeof known);
    known.count += count;
    std::memcpy(found.place, &known, sizeof known);
}

key_counter::entry key_counter::describe(char const* place) noexcept {
    header known;
    std::memcpy(&known, place, sizeof known);
    std::string_view const key(place + sizeof known, known.key_size);
    return {known.count, key,
            known.shown_size == 0 ? key : std::string_view(place + sizeof known + known.key_size, known.shown_size)};
}

key_counter::slot& key_counter::find(std::uint64_t hashed, std::string_view key) noexcept {
    auto const mask = slots_.size() - 1;
    for (auto at = hashed & mask;; at = (at + 1) & mask) {
        auto& one = slots_[at];
        if (one.place == nullptr || (one.hash == hashed && describe(one.place).key == key)) return one;
    }
}

void key_counter::grow() {
    model::vector<slot> larger(slots_.empty() ? first_slots : 2 * slots_.size(), slot{}, allocator_);
    auto const mask = larger.size() - 1;
    for (auto const& one : slots_) {
        if (one.place == nullptr) continue;
        auto at = one.hash & mask;
        while (larger[at].place != nullptr) at = (at + 1) & mask;
        larger[at] = one;
    }
    slots_.swap(larger);
}

char* key_counter::store(std::string_view key, std::string_view shown) {
    auto const size = sizeof(header) + key.size() + shown.size();
    if (size > left_) {
        auto const whole = size > block_size ? size : block_size;
        blocks_.reserve(blocks_.size() + 1);
        blocks_.push_back({allocator_.allocate(whole), whole});
        left_ = whole;
    }
    auto& last = blocks_.back();
    char* const place = last.start + (last.size - left_);
    left_ -= size;
    header const fresh{0, static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(shown.size())};
    std::memcpy(place, &fresh, sizeof fresh);
    if (!key.empty()) std::memcpy(place + sizeof fresh, key.data(), key.size());
    if (!shown.empty()) std::memcpy(place + sizeof fresh + key.size(), shown.data(), shown.size());
    return place;
}

void key_counter::clear() noexcept {
    for (auto const& one : blocks_) allocator_.deallocate(one.start, one.size);
    blocks_.clear();
    model::vector<slot>(allocator_).swap(slots_);
    left_ = size_ = 0;
}

}  // namespace fkaudit::keys
