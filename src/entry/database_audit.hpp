#pragma once

#include "src/audit/registry.hpp"
#include "src/entry/asked_keys.hpp"

namespace fkaudit::entry {

/// One run of the enabled rules over the keys that were asked for: gathers the evidence, examines the rows where
/// `check_data` says so, and judges.
class database_audit {
public:
    database_audit(pg::call& current, asked_scope const& asked, bool check_data);
    database_audit(database_audit const&) = delete;
    database_audit& operator=(database_audit const&) = delete;

    std::span<audit::finding const> findings() const { return {run_.findings.data(), run_.findings.size()}; }
    audit::evidence const& facts() const noexcept { return facts_; }
    /// Keys that were judged, and keys whose rows nobody could examine; without `check_data` there are none of these.
    std::int64_t examined() const noexcept { return examined_; }
    std::int64_t not_examined() const noexcept { return not_examined_; }

private:
    asked_scope asked_;
    audit::evidence facts_;
    audit::audit_run run_;
    std::int64_t examined_ = 0;
    std::int64_t not_examined_ = 0;
};

/// The value of a boolean argument that must not be NULL (22004).
bool require_flag(pg::call& current, int position, std::string_view name);

}  // namespace fkaudit::entry
