#pragma once

#include "src/check/scan_pass.hpp"

namespace fkaudit::check {

template <class Key>
class partitioned_keys;

/// Examines one key whose parent's keys do not fit the memory: both sides' keys go to temporary files, in parts by their
/// hash, and are compared part by part, each of which fits. The child's pages that have orphans are then read again, with
/// some around them.
class spilled_scan {
public:
    /// `limit`: bytes that a part of the parent's keys may take, and those that are missing.
    spilled_scan(work_item& item, key_format const& format, MemoryContext context, std::size_t limit);
    spilled_scan(spilled_scan const&) = delete;
    spilled_scan& operator=(spilled_scan const&) = delete;

    /// Whether keys of the format can be spilled: byte strings cannot.
    static bool serves(key_format const& format) noexcept { return format.form != key_form::text; }

    /// Hands the orphans to the sink, page by page in physical order, and fills the rows of the verdict but those that the
    /// sink counts. Error: over_budget, before the sink has been given anything: a part is too large, or too many keys
    /// are missing.
    void run(orphan_sink& sink);

    std::size_t parts() const noexcept { return parts_; }

private:
    template <class Key>
    void run_with(orphan_sink& sink);
    template <class Key>
    void spill_parents(partitioned_keys<Key>& both, std::span<model::oid const> parents);
    template <class Key>
    void spill_children(partitioned_keys<Key>& both, heap_page& page, key_gatherer& gatherer);
    template <class Key>
    void report(partitioned_keys<Key>& both, heap_page& page, key_gatherer& gatherer, orphan_sink& sink);

    work_item& item_;
    key_format const& format_;
    MemoryContext context_;
    std::size_t limit_;
    pg::context_resource resource_;
    model::arena arena_;
    std::size_t parts_ = 0;
};

}  // namespace fkaudit::check
