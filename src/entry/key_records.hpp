#pragma once

#include "src/audit/key_change.hpp"
#include "src/model/database.hpp"
#include "src/pg/boundary.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::entry {

/// The foreign keys as the history keeps them, without those of temporary tables.
std::span<audit::key_record const> current_records(pg::call& current, model::database const& database);

/// Objects that the history has kept, in an array.
std::span<audit::key_record> read_records(pg::call& current, pg::spi::jsonb list);

}  // namespace fkaudit::entry
