#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "src/model/identifier.hpp"

namespace fkaudit::model {

/// A foreign key as one copy of a shard has it, or as it is declared. The texts come from the same query on both.
struct shard_key {
    std::string_view name{};
    oid parent = no_oid;         ///< the table that it references, or whose shard it references; no_oid: not known
    std::string_view columns{};  ///< quoted
    std::string_view parent_columns{};
    std::string_view actions{};  ///< confdeltype, confupdtype, confmatchtype
    bool is_validated = false;
    std::int64_t checks = 0;       ///< check triggers that are there
    std::int64_t actors = 0;       ///< action triggers that are there, on the parent's shard
    std::int64_t idle_checks = 0;  ///< of those, disabled or for replica role only
    std::int64_t idle_actors = 0;
};

/// An index of a shard, or as it is declared.
struct shard_index {
    std::string_view name{};
    std::string_view definition{};  ///< from USING on
    bool is_usable = false;         ///< valid and ready
};

/// One copy of a shard on a node; or, without a node, the table that all of its shards should be like.
struct placement {
    oid relation = no_oid;
    std::string_view shard{};  ///< schema-qualified and quoted
    std::string_view node{};   ///< host and port
    std::string_view host{};
    std::int32_t port = 0;
    std::int64_t number = 0;     ///< of the shard
    std::string_view failure{};  ///< why it could not be looked at; empty: it was
    std::int64_t rows = 0;       ///< estimates of the node's statistics
    std::int64_t bytes = 0;
    std::int64_t deletes = 0;
    std::int64_t updates = 0;
    std::span<shard_key const> keys{};
    std::span<shard_index const> indexes{};

    bool is_declaration() const noexcept { return node.empty() && failure.empty(); }
};

}  // namespace fkaudit::model
