#pragma once

#include "src/check/key_gatherer.hpp"
#include "src/keys/integer_set.hpp"
#include "src/keys/text_set.hpp"

namespace fkaudit::check {

/// The finished keys of a parent, in the form that its format has. Its memory holds no pointer: copied elsewhere, into
/// memory that several processes share perhaps, it is the same set.
struct key_set {
    std::optional<keys::integer_set<keys::word>> words{};
    std::optional<keys::integer_set<keys::pair>> pairs{};
    std::optional<keys::text_set> texts{};

    /// Writes the positions of the complete keys that are not in the set, in their order; returns their number.
    std::size_t find_missing(key_gatherer const& children, std::uint32_t* missing) const;

    /// What it takes in one piece: whole cache lines.
    std::size_t bytes() const noexcept;
    /// Copies what it consists of to a place that begins at a cache line.
    void copy_to(std::byte* place) const noexcept;
    /// The set, over such a copy.
    key_set at(std::byte* place) const noexcept;
};

static_assert(std::is_trivially_copyable_v<key_set>);

}  // namespace fkaudit::check
