#include "src/entry/database_audit.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/encoding.hpp"
#include "src/pg/settings.hpp"
#include "src/pg/spi.hpp"
#include "src/report/formats.hpp"
#include "src/report/svg.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;

report::format const& require_format(pg::call& current, int position) {
    auto const name = current.text_argument(position);
    auto const* const found = report::find_format(name.value_or(text()));
    if (found == nullptr)
        throw model::error{"22023",
                           name ? current.arena().concat("report format \"", *name, "\" does not exist")
                                : text("format must not be null"),
                           {},
                           current.arena().concat("It is one of ", report::format_names, '.')};
    return *found;
}

/// The report's parts out of an audit, every text of it in UTF-8.
class report_builder {
public:
    report_builder(pg::call& current, database_audit const& audited)
        : arena_(current.arena()),
          current_(current),
          audited_(audited),
          facts_(audited.facts()) {}

    report::audit_report build(bool with_graph) {
        report::audit_report made{.has_data = facts_.has_data,
                                  .damaged_keys = static_cast<std::int64_t>(facts_.database.damaged.size())};
        describe_server(made);
        made.rules = rules_ = make_rules();
        made.keys = make_keys();
        made.findings = make_findings();
        if (with_graph && !made.keys.empty()) made.graph = make_graph();
        return made;
    }

private:
    void describe_server(report::audit_report& made) {
        auto const rows = pg::spi::select<pg::spi::row<text, text, text, text>>(
            arena_,
            "SELECT current_database()::text, current_setting('server_version'), e.extversion,"
            " to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
            " FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid"
            " WHERE d.classid = 'pg_proc'::regclass AND d.objid = $1 AND d.refclassid = 'pg_extension'::regclass"
            " AND d.deptype = 'e'",
            current_.function());
        if (rows.empty()) throw model::error{"XX000", pg::mismatch_message, {}, pg::mismatch_hint};
        auto const& [database, server, extension, time] = rows[0];
        made.database = utf8(database);
        made.server_version = utf8(server);
        made.extension_version = utf8(extension);
        made.time = time;
    }

    std::span<report::rule const> make_rules() {
        audit::rule_switches const switches(pg::rules_setting());
        auto const all = audit::all_rules();
        auto const made = arena_.array<report::rule>(all.size());
        for (std::size_t number = 0; number < made.size(); ++number) {
            auto const& one = *all[number];
            made[number] = {one.name, one.grade, one.title, one.explanation,
                            switches.is_enabled(one) && (facts_.has_data || !one.needs_data)};
        }
        return made;
    }

    report::rule const* rule_named(text name) const {
        return &*std::find_if(rules_.begin(), rules_.end(), [&](report::rule const& one) { return one.name == name; });
    }

    std::span<report::foreign_key const> make_keys() {
        auto const made = arena_.array<report::foreign_key>(facts_.keys.size());
        for (std::size_t number = 0; number < made.size(); ++number) {
            auto const& key = *facts_.keys[number];
            auto& one = made[number];
            one.child = utf8(key.child->qualified);
            one.constraint_name = utf8(key.name.name);
            one.parent = utf8(key.parent->qualified);
            one.definition = utf8(key.definition);
            one.enforcement = to_text(facts_.enforcement[number].state);
            if (!facts_.has_data) continue;
            auto const& data = facts_.data[number];
            one.is_examined = data.reason.empty();
            one.not_examined = data.reason;
            one.orphan_rows = one.is_examined ? data.orphan_rows : 0;
            one.rows_checked = data.rows_checked;
        }
        return made;
    }

    std::span<report::finding const> make_findings() {
        auto const found = audited_.findings();
        auto const made = arena_.array<report::finding>(found.size());
        for (std::size_t number = 0; number < made.size(); ++number) {
            auto const& from = found[number];
            auto& one = made[number];
            one.by = rule_named(from.by->name);
            one.grade = from.grade;
            if (from.child != nullptr) one.child = utf8(from.child->qualified);
            one.constraint_name = utf8(from.constraint_name);
            if (from.key != nullptr) one.parent = utf8(from.key->parent->qualified);
            one.message = utf8(from.message);
            one.remedy = utf8(from.remedy);
            one.count = from.count;
            one.is_suppressed = from.suppressed != nullptr;
            if (one.is_suppressed) one.suppressed_reason = utf8(from.suppressed->reason);
            one.key = audit::finding_key(arena_, from);
        }
        return made;
    }

    text make_graph() {
        auto const states = arena_.array<report::key_state>(facts_.keys.size());
        for (std::size_t number = 0; number < states.size(); ++number) {
            states[number].enforcement = facts_.enforcement[number].state;
            if (facts_.has_data && facts_.data[number].reason.empty())
                states[number].orphan_rows = facts_.data[number].orphan_rows;
        }
        auto const drawn = report::make_graph(arena_, facts_.database, states, nullptr);
        return utf8(
            report::draw_svg(arena_, drawn, current_.has_utf8() ? report::encoding::utf8 : report::encoding::other));
    }

    text utf8(text stored) { return pg::to_utf8(arena_, stored); }

    model::arena& arena_;
    pg::call& current_;
    database_audit const& audited_;
    audit::evidence const& facts_;
    std::span<report::rule const> rules_{};
};

}  // namespace

Datum report(pg::call& current) {
    auto const& format = require_format(current, 0);
    bool const check_data = require_flag(current, 1, "check_data");
    auto& arena = current.arena();
    database_audit const audited(current, load_everything(current), check_data);
    auto const content = report_builder(current, audited).build(format.has_graph);
    auto const rendered = format.render(arena, content);
    return current.keep_text(format.is_ascii ? rendered : pg::from_utf8(arena, rendered));
}

}  // namespace fkaudit::entry
