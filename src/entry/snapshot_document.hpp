#pragma once

#include "src/audit/drift.hpp"
#include "src/pg/boundary.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::entry {

/// The document that fk_snapshot() returns: an object with the members `version` (1), `schemas` (null: all) and
/// `foreign_keys` (audit::write_snapshot). Only keys of the given schemas' tables; none: of every schema. Temporary tables
/// are left out.
pg::spi::jsonb take_snapshot(pg::call& current, std::optional<std::span<std::string_view const>> schemas);

/// Its foreign keys. Error: the value is no such document (22023); DETAIL says where it is not.
std::span<audit::key_state const> read_snapshot(pg::call& current, pg::spi::jsonb document);

/// The schemas that it was taken of; none: of every schema. The document was read before.
std::optional<std::span<std::string_view const>> snapshot_schemas(pg::call& current, pg::spi::jsonb document);

}  // namespace fkaudit::entry
