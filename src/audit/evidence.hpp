#pragma once

#include <cstdint>
#include <optional>

#include "src/audit/action_risk.hpp"
#include "src/audit/candidates.hpp"
#include "src/audit/index_priority.hpp"
#include "src/audit/type_difference.hpp"
#include "src/model/database.hpp"
#include "src/model/enforcement.hpp"
#include "src/model/surroundings.hpp"

namespace fkaudit::audit {

/// A key whose child no index serves well: a row of fk_missing_indexes.
struct index_gap {
    model::constraint const* key = nullptr;
    std::span<plan::search_condition const> conditions{};
    index_coverage coverage{};
    index_urgency urgency{};
    std::string_view reason{};  ///< all there is to say; may be empty
    std::string_view ddl{};     ///< empty: no index can
    bool is_on_shards = false;  ///< the coordinator's index covers, and shards of Citus lack it
};

/// A type difference with what the server lets one do about it: a row of fk_type_mismatches.
struct type_finding {
    type_difference difference{};
    std::string_view detail{};
    std::string_view ddl{};
};

/// What fk_check found in a key's rows.
struct data_finding {
    std::string_view reason{};  ///< why it was not examined; empty: it was
    std::string_view detail{};
    std::string_view example{};  ///< an orphan's key, as JSON
    std::int64_t orphan_rows = 0;
    std::optional<std::int64_t> missing_keys{};
    std::int64_t mixed_null_rows = 0;
    std::int64_t partial_null_rows = 0;
    std::optional<std::int64_t> rows_checked{};  ///< none where only an index was read
};

/// A row of fk_suppressions: a finding of this rule about this key is known and accepted.
struct suppression {
    std::string_view rule{};
    std::string_view child{};  ///< schema-qualified and quoted
    std::string_view constraint_name{};
    std::string_view reason{};
    std::string_view expires{};  ///< a date; empty: never
    bool is_expired = false;
};

/// All that the rules judge by.
struct evidence {
    model::database const& database;                    ///< the whole one
    std::span<model::constraint const* const> keys{};   ///< those that were asked for, in the database's order
    std::span<model::enforcement const> enforcement{};  ///< one for each of `keys`
    std::span<data_finding const> data{};               ///< one for each of `keys`; empty: the data was not examined
    std::span<index_gap const> indexes{};
    std::span<action_risk const> actions{};
    std::span<type_finding const> types{};
    std::span<weighed_candidate const> candidates{};  ///< only where its rule is on
    std::span<suppression const> suppressions{};
    model::surroundings surroundings{};
    bool has_data = false;               ///< the rows were examined
    bool is_whole = true;                ///< the whole database was asked for
    bool partitioned_not_valid = false;  ///< the server takes NOT VALID keys on partitioned tables
};

}  // namespace fkaudit::audit
