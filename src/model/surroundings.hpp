#pragma once

#include <span>
#include <string_view>

#include "src/model/identifier.hpp"

namespace fkaudit::model {

/// A trigger of the user's own on a table with foreign keys, enabled in some way (pg_trigger).
struct user_trigger {
    oid relation = no_oid;
    identifier name{};
    char enabled = 'O';  ///< tgenabled
    bool is_before_row = false;
    bool on_insert = false;
    bool on_delete = false;
    bool on_update = false;
    std::span<std::int16_t const> columns{};  ///< of UPDATE OF; empty: any
};

/// A rule of the user's own on a table with foreign keys (pg_rewrite) that does something INSTEAD of a command.
struct instead_rule {
    oid relation = no_oid;
    identifier name{};
    bool on_delete = false;  ///< false: ON UPDATE
    bool is_conditional = false;
};

/// A role, a database, both or the server with session_replication_role = replica.
struct replica_setting {
    std::string_view where{};      ///< such as `role app in database shop`
    std::string_view statement{};  ///< resets it
};

/// A collation whose version is no longer that under which the indexes were built.
struct stale_collation {
    oid id = no_oid;  ///< the database's default collation has its OID of pg_collation, too
    std::string_view name{};
    std::string_view recorded{};
    std::string_view actual{};
};

/// What the rules ask about beside the foreign keys themselves.
struct surroundings {
    std::span<user_trigger const> triggers{};       ///< by relation, then name
    std::span<instead_rule const> instead_rules{};  ///< by relation, then name
    std::span<replica_setting const> replica_settings{};
    std::span<stale_collation const> stale_collations{};
    std::span<oid const> subscribed{};  ///< tables that logical replication writes, by OID
};

}  // namespace fkaudit::model
