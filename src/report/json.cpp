#include "src/report/json.hpp"

#include "src/report/json_writer.hpp"

namespace fkaudit::report {

namespace {

void write_summary(json_writer& json, summary const& sum) {
    json.object("summary", [&] {
        json.member("foreign_keys", sum.foreign_keys);
        json.member("examined", sum.examined);
        json.member("not_examined", sum.not_examined);
        json.member("errors", sum.errors);
        json.member("warnings", sum.warnings);
        json.member("infos", sum.infos);
        json.member("suppressed", sum.suppressed);
        json.member("orphan_rows", sum.orphan_rows);
        json.member("violated_keys", sum.violated_keys);
        json.member("rules", sum.rules);
    });
}

void write_finding(json_writer& json, finding const& one) {
    json.object([&] {
        json.member("severity", to_text(one.grade));
        json.member("rule", one.by->name);
        json.member("title", one.by->title);
        json.member_or_null("child", one.child);
        json.member_or_null("constraint_name", one.constraint_name);
        json.member_or_null("parent", one.parent);
        json.member("message", one.message);
        json.member_or_null("remedy", one.remedy);
        json.member("count", one.count);
        json.member("suppressed", one.is_suppressed);
        json.member_or_null("suppressed_reason", one.suppressed_reason);
        json.member("finding_key", one.key);
    });
}

void write_key(json_writer& json, foreign_key const& one) {
    json.object([&] {
        json.member("child", one.child);
        json.member("constraint_name", one.constraint_name);
        json.member("parent", one.parent);
        json.member("definition", one.definition);
        json.member("enforcement", one.enforcement);
        json.member("examined", one.is_examined);
        json.member_or_null("not_examined_reason", one.not_examined);
        json.member_or_null("orphan_rows", one.is_examined ? std::optional(one.orphan_rows) : std::nullopt);
        json.member_or_null("rows_checked", one.rows_checked);
    });
}

void write_rule(json_writer& json, rule const& one) {
    json.object([&] {
        json.member("rule", one.name);
        json.member("severity", to_text(one.grade));
        json.member("has_run", one.has_run);
        json.member("title", one.title);
        json.member("explanation", one.explanation);
    });
}

}  // namespace

std::string_view render_json(model::arena& arena, audit_report const& all) {
    json_writer json(arena);
    json.object([&] {
        json.member("format", "fkaudit-report");
        json.member("format_version", 1);
        json.member("database", all.database);
        json.member("time", all.time);
        json.member("server_version", all.server_version);
        json.member("extension_version", all.extension_version);
        json.member("check_data", all.has_data);
        write_summary(json, summarize(all));
        json.array("findings", all.findings, [&](finding const& one) { write_finding(json, one); });
        json.array("foreign_keys", all.keys, [&](foreign_key const& one) { write_key(json, one); });
        json.array("rules", all.rules, [&](rule const& one) { write_rule(json, one); });
    });
    return arena.copy(json.text());
}

}  // namespace fkaudit::report
