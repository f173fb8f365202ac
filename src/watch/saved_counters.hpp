#pragma once

#include "src/watch/counters.hpp"

namespace fkaudit::watch {

/// What a saved file says of all entries together.
struct saved_header {
    std::int64_t evicted = 0;
    model::timestamp reset_at{};
};

/// Writes the counters into pg_stat/fkaudit.stat, whole or not at all. What goes wrong is logged, and never an error.
void write_saved_counters(HTAB* entries, saved_header const& header);

/// Reads that file, calls `keep` for each entry, and removes the file, so that a crash starts anew. A file that cannot be
/// read, is truncated, garbled or of another version is ignored as a whole, with a warning. false: nothing was read.
bool read_saved_counters(saved_header& header, void (*keep)(violation_entry const&));

/// Removes the file, if there is one.
void forget_saved_counters();

}  // namespace fkaudit::watch
