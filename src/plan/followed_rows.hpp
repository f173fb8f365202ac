#pragma once

#include <optional>
#include <unordered_map>

#include "src/plan/impact.hpp"

namespace fkaudit::plan {

using row_number = std::uint32_t;

/// A way from the parent: over which keys. The first has none.
struct path_node {
    path_node const* up = nullptr;
    model::constraint const* key = nullptr;
    model::relation const* table = nullptr;
    std::int32_t depth = 0;
    mutable std::span<model::oid const> tables{};  ///< of the way, once it is reported
};

/// What has become of a row so far.
struct followed_row {
    row_place place{};
    change const* values = nullptr;
    std::uint32_t version = 0;  ///< counts the changes
    std::uint64_t moved = 0;    ///< when it got a new version; 0: never
    bool is_gone = false;
    std::optional<impact_outcome> outcome{};
    path_node const* node = nullptr;  ///< of `outcome`
    std::string_view why{};           ///< of `outcome`
};

template <class Key, class Value, class Hash>
using hash_map =
    std::unordered_map<Key, Value, Hash, std::equal_to<Key>, model::allocator<std::pair<Key const, Value>>>;

/// The rows that an impact may reach, by their places.
class followed_rows {
public:
    explicit followed_rows(model::arena& arena)
        : rows_(arena),
          numbers_(0, place_hash(), std::equal_to<row_place>(), arena) {}

    row_number number_of(row_place const& place) {
        auto const [found, is_new] = numbers_.try_emplace(place, static_cast<row_number>(rows_.size()));
        if (is_new) {
            rows_.emplace_back();
            rows_.back().place = place;
        }
        return found->second;
    }

    followed_row& operator[](row_number number) noexcept { return rows_[number]; }
    followed_row const& operator[](row_number number) const noexcept { return rows_[number]; }
    std::span<followed_row const> all() const noexcept { return {rows_.data(), rows_.size()}; }

private:
    struct place_hash {
        std::size_t operator()(row_place const& one) const noexcept {
            return ((std::uint64_t{one.table} << 48) ^ (std::uint64_t{one.block} << 16) ^ one.offset) *
                   0x9E3779B97F4A7C15u;
        }
    };

    model::vector<followed_row> rows_;
    hash_map<row_place, row_number, place_hash> numbers_;
};

}  // namespace fkaudit::plan
