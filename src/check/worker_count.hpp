#pragma once

#include "src/check/scan_pass.hpp"

namespace fkaudit::check {

enum class purpose_of_workers : char { none, count, list };

/// How many workers are to help with a scan, by the server's own rule for a table's size (allpaths.c:
/// compute_parallel_worker) and fkaudit.max_parallel_workers: 0 for small and for temporary tables, and within parallel
/// workers.
int choose_workers(scan_pass& pass, purpose_of_workers purpose);

/// The same where both sides are read: by the size of both together.
int choose_workers(model::arena& arena, prepared_key const& prepared);

}  // namespace fkaudit::check
