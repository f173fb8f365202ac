#pragma once

#include "src/pg/postgres.hpp"

namespace fkaudit::check {

/// What a parallel worker does: reads its part of the child, and sends to the leader what it has counted. Its memory is
/// the context's.
void work(shm_toc* contents, dsm_segment* segment, MemoryContext context);

}  // namespace fkaudit::check
