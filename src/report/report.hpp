#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "src/model/severity.hpp"

/// Renderers: an audit's outcome in, a text out. All texts here are UTF-8 (bytes that are none show as `[0xE9]`), as the
/// catalog has them: each renderer escapes for its own format.
namespace fkaudit::report {

/// A rule of fk_rules.
struct rule {
    std::string_view name{};
    model::severity grade = model::severity::warning;  ///< the worst that it gives
    std::string_view title{};
    std::string_view explanation{};
    bool has_run = true;  ///< false: switched off, or it needs rows and these were not examined
};

/// A foreign key of the database, whether anything was found about it or not.
struct foreign_key {
    std::string_view child{};  ///< schema-qualified and quoted, as `parent`
    std::string_view constraint_name{};
    std::string_view parent{};
    std::string_view definition{};
    std::string_view enforcement{};   ///< as fk_constraints() says it
    bool is_examined = false;         ///< somebody looked at its rows
    std::string_view not_examined{};  ///< why not, as fk_check() says it; empty: nobody was asked to
    std::int64_t orphan_rows = 0;
    std::optional<std::int64_t> rows_checked{};  ///< none where only an index was read
};

/// A row of fk_audit().
struct finding {
    rule const* by = nullptr;  ///< one of the report's
    model::severity grade = model::severity::info;
    std::string_view child{};  ///< schema-qualified and quoted; empty: it is about no table
    std::string_view constraint_name{};
    std::string_view parent{};
    std::string_view message{};
    std::string_view remedy{};  ///< statements, one a line; empty: none can decide it
    std::int64_t count = 1;     ///< how much of it there is: rows, where it is about rows
    bool is_suppressed = false;
    std::string_view suppressed_reason{};
    std::string_view key{};  ///< finding_key
};

/// What a report holds.
struct audit_report {
    std::string_view database{};
    std::string_view server_version{};
    std::string_view extension_version{};
    std::string_view time{};        ///< when it was asked for: `2026-05-31T23:59:59Z`
    bool has_data = false;          ///< the rows were examined
    std::int64_t damaged_keys = 0;  ///< keys that are not in `keys`, because their catalog entries are damaged
    std::span<rule const> rules{};
    std::span<foreign_key const> keys{};  ///< by child and name
    std::span<finding const> findings{};  ///< worst first, then child, constraint name, rule
    std::string_view graph{};             ///< the keys as SVG, already escaped; empty: none
};

/// The figures that stand at the top of a report.
struct summary {
    std::int64_t foreign_keys = 0;
    std::int64_t examined = 0;      ///< keys whose rows somebody looked at
    std::int64_t not_examined = 0;  ///< the others; all of them where the data was not examined
    std::int64_t errors = 0;        ///< findings that are not suppressed
    std::int64_t warnings = 0;
    std::int64_t infos = 0;
    std::int64_t suppressed = 0;
    std::int64_t orphan_rows = 0;
    std::int64_t violated_keys = 0;  ///< keys that have orphan rows
    std::int64_t rules = 0;          ///< that have run

    std::int64_t findings() const noexcept { return errors + warnings + infos; }
};

summary summarize(audit_report const& all) noexcept;

}  // namespace fkaudit::report
