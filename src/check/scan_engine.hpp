#pragma once

#include "src/check/engine.hpp"

namespace fkaudit::check {

class scan_pass;
enum class purpose_of_workers : char;
struct child_key;

/// Reads the child's heap once for all of its keys, after the parents' keys: no query, no function of any user, and no
/// more memory than `maintenance_work_mem`. Keys whose parents do not fit together are examined in several readings; one
/// that does not fit alone is left out.
class scan_engine final : public engine {
public:
    explicit scan_engine(pg::call& current, bool may_use_workers = true)
        : current_(current),
          may_use_workers_(may_use_workers) {}

    /// Why the engine cannot count, or list, a key at all; empty: it can.
    std::string_view refuse_count(prepared_key const& prepared);
    std::string_view refuse_list(prepared_key const& prepared);

    std::string_view name() const noexcept override { return "scan"; }
    void count(std::span<work_item> items) override;
    void list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) override;

    /// Whether parallel workers were asked to help. Should an error come from that, a scan without them may do.
    bool used_workers() const noexcept { return used_workers_; }

private:
    /// Items that wait for another reading, and those that are too large for one.
    struct leftover;

    void count_pass(scan_pass& pass, std::size_t share, leftover& left);
    bool count_large(work_item& item, std::string_view why, std::size_t share);
    template <class MakeSink, class Finish>
    bool spill(work_item& item, std::string_view why, MakeSink make_sink, Finish finish);
    void list_pass(scan_pass& pass, std::int64_t max_rows, pg::result_set& result, leftover& left);
    int read_parents(scan_pass& pass, purpose_of_workers purpose, leftover& left);
    void take_out_unread(scan_pass& pass, std::span<child_key const> keys, leftover& left);

    pg::call& current_;
    bool may_use_workers_;
    bool may_share_parents_ = true;
    bool may_leave_vast_ = true;
    bool used_workers_ = false;
};

}  // namespace fkaudit::check
