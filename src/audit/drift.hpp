#pragma once

#include <optional>

#include "src/audit/key_snapshot.hpp"
#include "src/audit/severity.hpp"
#include "src/model/arena.hpp"

namespace fkaudit::audit {

/// One foreign key of a snapshot that was read back: lists as SQL writes them, `a, b`.
struct key_state {
    std::string_view child{};  ///< schema-qualified and quoted
    std::string_view constraint_name{};
    std::array<std::string_view, snapshot_attributes.size()> values{};  ///< by place in snapshot_attributes
    bool child_exists = false;                                          ///< in this database, now
    bool parent_exists = false;                                         ///< in this database, now

    std::string_view parent() const noexcept { return values[place_of("parent")]; }
};

/// One difference between what is expected and what is there.
struct drift {
    severity grade = severity::error;
    std::string_view child{};
    std::string_view constraint_name{};
    std::string_view change{};                    ///< `missing`, `extra`, `renamed`, or the attribute's
    std::optional<std::string_view> attribute{};  ///< none for `missing` and `extra`
    std::optional<std::string_view> expected{};
    std::optional<std::string_view> actual{};
};

/// A change or an attribute that `ignore` may name.
bool is_drift_name(std::string_view name) noexcept;

/// All names that is_drift_name() accepts, separated by commas.
std::string_view drift_names(model::arena& arena);

/// What differs, by child, then constraint name, then attribute; differences whose change or attribute is ignored are
/// left out. A key is the same where child and name are; failing that, where child, columns and target are (the
/// constraint was renamed); failing that, where all but the child is and the expected child is gone (the table was).
std::span<drift const> compare(model::arena& arena, std::span<key_state const> expected,
                               std::span<key_state const> actual, std::span<std::string_view const> ignored);

}  // namespace fkaudit::audit
