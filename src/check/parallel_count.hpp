#pragma once

#include "src/check/orphan_counter.hpp"
#include "src/check/scan_pass.hpp"

namespace fkaudit::check {

/// Reads a pass's child together with parallel workers, and adds what they count to this process's counters, one for
/// each key. `share`: bytes that each process may take for counting a key's orphans. Returns how many workers there
/// were; 0 where none was free. Errors of the workers are raised. It must run in a subtransaction, whose rollback ends
/// them.
int count_in_parallel(scan_pass& pass, std::span<child_key> keys, std::span<orphan_counter* const> counters,
                      int workers, std::size_t share);

}  // namespace fkaudit::check
