#pragma once

#include "src/check/parent_keys.hpp"

namespace fkaudit::check {

/// What a look at a few pages tells of a parent's keys.
struct parent_sample {
    std::uint64_t rows = 0;  ///< about as many
    bool is_sparse = false;  ///< no bitmap holds them in less memory than a table; false: one may
};

/// Looks at some pages, which lie far apart. `blocks`: of the tables; there are some.
parent_sample sample_parent(MemoryContext context, parent_source const& from, key_format const& format);

}  // namespace fkaudit::check
