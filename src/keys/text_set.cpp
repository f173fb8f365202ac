#include "src/keys/text_set.hpp"

namespace fkaudit::keys {

namespace {

std::string_view read_long(char const* bytes, std::uint64_t offset) noexcept {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes + offset, sizeof size);
    return {bytes + offset + sizeof size, size};
}

}  // namespace

std::size_t text_set::find_missing(std::span<std::string_view const> keys, std::uint32_t* missing) const noexcept {
    std::size_t count = 0;
    for (std::size_t start = 0; start < keys.size(); start += batch)
        count += find_batch(keys.subspan(start, std::min(batch, keys.size() - start)), start, missing + count);
    return count;
}

std::size_t text_set::find_batch(std::span<std::string_view const> keys, std::size_t start,
                                 std::uint32_t* missing) const noexcept {
    word words[batch];
    pair pairs[batch];
    std::uint64_t hashes[batch];
    std::uint32_t word_at[batch], pair_at[batch], long_at[batch], found[batch];
    std::size_t word_count = 0, pair_count = 0, long_count = 0, count = 0;
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto const key = keys[number];
        auto const at = static_cast<std::uint32_t>(start + number);
        if (key.size() <= most_word_bytes) {
            words[word_count] = pack_word(key);
            word_at[word_count++] = at;
        } else if (key.size() <= most_pair_bytes) {
            pairs[pair_count] = pack_pair(key);
            pair_at[pair_count++] = at;
        } else {
            hashes[long_count] = hash(key, seed_);
            places_.prefetch(places_.bucket_of_hash(hashes[long_count]));
            long_at[long_count++] = at;
        }
    }
    auto const add = [&](std::size_t found_count, std::uint32_t const* positions) {
        for (std::size_t number = 0; number < found_count; ++number) missing[count++] = positions[found[number]];
    };
    add(words_.find_missing({words, word_count}, found), word_at);
    add(pairs_.find_missing({pairs, pair_count}, found), pair_at);
    for (std::size_t number = 0; number < long_count; ++number)
        if (!contains_long(keys[long_at[number] - start], hashes[number])) missing[count++] = long_at[number];
    return count;
}

bool text_set::contains_long(std::string_view key, std::uint64_t hashed) const noexcept {
    return places_.find({hashed, 0}, places_.bucket_of_hash(hashed),
                        [&](pair const& slot) { return read_long(bytes_.data(), slot.high - 1) == key; });
}

void text_set::copy_to(std::byte* memory) const noexcept {
    auto const copy = [&](void const* from, std::size_t size) {
        if (size > 0) std::memcpy(memory, from, size);
        memory += size;
    };
    copy(words_.memory(), words_.bytes());
    copy(pairs_.memory(), pairs_.bytes());
    copy(places_.memory(), places_.bytes());
    copy(bytes_.data(), bytes_.size());
}

text_set text_set::at(std::byte* memory) const noexcept {
    auto* const pairs = memory + words_.bytes();
    auto* const places = pairs + pairs_.bytes();
    auto* const bytes = places + places_.bytes();
    return {{words_.form(), memory},
            {pairs_.form(), pairs},
            {places_.form(), places},
            {reinterpret_cast<char const*>(bytes), bytes_.size()},
            seed_};
}

void text_set_builder::add(std::span<std::string_view const> keys) {
    for (auto const key : keys) {
        if (key.size() <= most_word_bytes) {
            words_.add(pack_word(key));
        } else if (key.size() <= most_pair_bytes) {
            pairs_.add(pack_pair(key));
        } else {
            auto const size = static_cast<std::uint32_t>(key.size());
            char prefix[sizeof size];
            std::memcpy(prefix, &size, sizeof size);
            bytes_.add({prefix, sizeof prefix});
            bytes_.add({key.data(), key.size()});
            ++long_count_;
        }
    }
}

text_set text_set_builder::finish() {
    auto words = bucket_table<word>::with_room(memory_, words_.size(), seed_);
    words_.consume([&](std::span<word const> part) { words.insert(part); });
    auto pairs = bucket_table<pair>::with_room(memory_, pairs_.size(), seed_);
    pairs_.consume([&](std::span<pair const> part) { pairs.insert(part); });

    auto* const bytes = static_cast<char*>(memory_.allocate(bytes_.size() + 1, 1));
    char* end = bytes;
    bytes_.consume([&](std::span<char const> part) { end = std::copy(part.begin(), part.end(), end); });
    return {words, pairs, place_long(bytes), {bytes, static_cast<std::size_t>(end - bytes)}, seed_};
}

bucket_table<pair> text_set_builder::place_long(char const* bytes) const {
    auto places = bucket_table<pair>::with_room(memory_, long_count_, seed_);
    std::uint64_t offset = 0;
    for (std::size_t number = 0; number < long_count_; ++number) {
        auto const text = read_long(bytes, offset);
        auto const hashed = hash(text, seed_);
        auto const bucket = places.bucket_of_hash(hashed);
        bool const known =
            places.find({hashed, 0}, bucket, [&](pair const& slot) { return read_long(bytes, slot.high - 1) == text; });
        if (!known) places.append({hashed, offset + 1}, bucket);
        offset += sizeof(std::uint32_t) + text.size();
    }
    return places;
}

}  // namespace fkaudit::keys
