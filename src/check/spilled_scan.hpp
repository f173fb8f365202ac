#pragma once

#include "src/check/scan_pass.hpp"
#include "src/check/spill_board.hpp"

namespace fkaudit::check {

class spill_group;

/// Examines one key whose parent's keys do not fit the memory, or not a processor's cache by far: both sides' keys go to
/// temporary files, in parts by their hash, and are compared part by part, each of which fits; parallel workers may help
/// with that. The child's pages that have orphans are then read again by this process, with some around them.
class spilled_scan {
public:
    /// `limit`: bytes that all processes together may take for the keys.
    spilled_scan(work_item& item, key_format const& format, MemoryContext context, std::size_t limit);
    spilled_scan(spilled_scan const&) = delete;
    spilled_scan& operator=(spilled_scan const&) = delete;

    /// Whether the files of so many keys of both sides are rather small: they are likely to stay in the system's memory, in
    /// less of it than the keys' set would take, and nothing forbids them.
    static bool is_cheap(std::uint64_t keys, std::size_t record_bytes, std::size_t limit) noexcept;

    /// Whether keys of the format can be spilled: byte strings cannot.
    static bool serves(key_format const& format) noexcept { return format.form != key_form::text; }

    /// Compares both sides, with the help of so many workers, or of fewer. Error: over_budget, where a part is too large
    /// or too many keys are missing, whatever the number of workers. Errors of the workers are raised; it must run in a
    /// subtransaction, whose rollback ends them.
    void compare(int workers);

    /// Hands the orphans to the sink, page by page in physical order, and fills the rows of the verdict but those that the
    /// sink counts. There are no workers any more.
    void report(orphan_sink& sink);

    std::size_t parts() const noexcept { return plan_.parts; }
    int helpers() const noexcept { return helpers_; }

private:
    void make_plan(int workers);
    template <class Key>
    void compare_as(spill_group& group);
    template <class Key, class Process>
    void take_missing(Process& self);
    void take_pages(spill_board const& board);
    template <class Key>
    void report_as(keys::bucket_table<Key> const& missing, orphan_sink& sink);

    work_item& item_;
    key_format const& format_;
    MemoryContext context_;
    std::size_t limit_;
    pg::context_resource resource_;
    model::arena arena_;
    std::span<model::oid const> parents_, children_;
    spill_plan plan_{};
    int helpers_ = 0;
    std::span<heap_part> pages_{};  ///< those that have orphans
    std::optional<keys::bucket_table<keys::word>> missing_words_{};
    std::optional<keys::bucket_table<keys::pair>> missing_pairs_{};
};

}  // namespace fkaudit::check
