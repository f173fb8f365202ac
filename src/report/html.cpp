#include "src/report/html.hpp"

#include <algorithm>
#include <cstdint>

#include "src/report/html_style.hpp"
#include "src/report/outline.hpp"
#include "src/report/xml.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;
using model::severity;

constexpr severity severities[] = {severity::error, severity::warning, severity::info};

class html_page {
public:
    html_page(model::arena& arena, audit_report const& all)
        : arena_(arena),
          all_(all),
          sum_(summarize(all)),
          groups_(group_findings(arena, all)),
          out_(arena) {}

    text render() {
        write_head();
        out_ << "<body>\n";
        write_header();
        out_ << "<main>\n";
        write_findings();
        write_suppressed();
        write_graph();
        write_keys();
        write_rules();
        out_ << "</main>\n<footer>Made by fkaudit " << shown_text(all_.extension_version)
             << ". This page runs no script and loads nothing from elsewhere.</footer>\n</body>\n</html>\n";
        return arena_.copy(out_.text());
    }

private:
    void write_head() {
        out_ << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
                "base-uri 'none'; form-action 'none'\">\n"
                "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Foreign keys of ";
        write_escaped(out_, all_.database);
        out_ << "</title>\n<style>" << html_style;
        write_filter_rules();
        out_ << "</style>\n</head>\n";
    }

    /// What each filter hides; and where a severity and a rule leave nothing, the words that say so.
    void write_filter_rules() {
        for (auto const grade : severities)
            out_ << "body:has(#only-" << to_text(grade) << ":checked) .finding:not(." << to_text(grade)
                 << ") { display: none; }\n";
        each_rule_found([&](rule const& one) {
            out_ << "body:has(option[value=\"" << one.name << "\"]:checked) .finding:not(.by-" << one.name
                 << ") { display: none; }\n";
            for (auto const grade : severities)
                if (!has_group(one, grade))
                    out_ << "body:has(#only-" << to_text(grade) << ":checked):has(option[value=\"" << one.name
                         << "\"]:checked) .nothing { display: block; }\n";
        });
    }

    void write_header() {
        out_ << "<header>\n<h1>Foreign keys of <bdi>" << shown_text(all_.database) << "</bdi></h1>\n<p class=\"meta\">"
             << shown_text(readable_time(arena_, all_)) << " &middot; PostgreSQL " << shown_text(all_.server_version)
             << " &middot; fkaudit " << shown_text(all_.extension_version) << "</p>\n<p class=\"verdict " << mood()
             << "\">" << shown_text(headline(arena_, all_)) << "</p>\n<dl class=\"figures\">\n";
        write_figure("", "foreign-keys", "Foreign keys", sum_.foreign_keys, {});
        write_figure("", "examined", "Examined", sum_.examined,
                     all_.has_data ? text("all of their rows") : text("rows were not asked for"));
        write_figure(all_.has_data && sum_.not_examined > 0 ? "error" : "", "not-examined", "Not examined",
                     sum_.not_examined, {});
        write_figure(sum_.errors > 0 ? "error" : "", "errors", "Errors", sum_.errors, {});
        write_figure(sum_.warnings > 0 ? "warning" : "", "warnings", "Warnings", sum_.warnings, {});
        write_figure("", "infos", "Info", sum_.infos, {});
        if (sum_.suppressed > 0) write_figure("", "suppressed", "Suppressed", sum_.suppressed, {});
        if (all_.has_data)
            write_figure(sum_.orphan_rows > 0 ? "error" : "", "orphan-rows", "Orphan rows", sum_.orphan_rows,
                         sum_.orphan_rows == 0 ? text()
                                               : arena_.concat("in ", counted(arena_, sum_.violated_keys, "foreign key",
                                                                              "foreign keys")));
        out_ << "</dl>\n</header>\n";
    }

    void write_figure(text kind, text id, text name, std::int64_t number, text note) {
        out_ << "<div" << (kind.empty() ? text() : arena_.concat(" class=\"", kind, '"')) << "><dt>" << name
             << "</dt><dd id=\"figure-" << id << "\" data-value=\"" << number << "\">" << grouped(number);
        if (!note.empty()) out_ << "<small>" << note << "</small>";
        out_ << "</dd></div>\n";
    }

    void write_findings() {
        out_ << "<section id=\"findings\">\n<h2>Findings</h2>\n";
        if (sum_.findings() == 0) {
            out_ << "<p class=\"card\">"
                 << (sum_.foreign_keys == 0 ? text("There are no foreign keys to find anything about.")
                                            : text("Nothing was found."))
                 << "</p>\n</section>\n";
            return;
        }
        write_filters();
        out_
            << "<table class=\"findings\">\n<thead><tr><th scope=\"col\">Severity</th><th scope=\"col\">Foreign key</th>"
               "<th scope=\"col\">Finding</th></tr></thead>\n<tbody>\n";
        for (auto const& group : groups_)
            for (auto const* const one : group.findings) write_finding(*one);
        out_ << "</tbody>\n</table>\n<p class=\"card nothing\">No finding of this rule has this severity.</p>\n"
                "</section>\n";
    }

    void write_filters() {
        out_ << "<div class=\"filters\">\n<fieldset><legend>Severity</legend>\n";
        write_chip("all", "all", sum_.findings(), true);
        write_chip("error", "errors", sum_.errors, false);
        write_chip("warning", "warnings", sum_.warnings, false);
        write_chip("info", "info", sum_.infos, false);
        out_ << "</fieldset>\n<label class=\"rule\">Rule <select id=\"rule\" autocomplete=\"off\">\n"
                "<option value=\"\" selected>all rules</option>\n";
        each_rule_found([&](rule const& one) {
            out_ << "<option value=\"" << one.name << "\">" << one.name << " (" << count_of(one) << ")</option>\n";
        });
        out_ << "</select></label>\n</div>\n";
    }

    void write_chip(text id, text name, std::int64_t number, bool is_chosen) {
        out_ << "<label class=\"chip\"><input type=\"radio\" name=\"severity\" id=\"only-" << id
             << "\" autocomplete=\"off\"" << (is_chosen ? " checked" : "") << "><span>" << name << ' '
             << grouped(number) << "</span></label>\n";
    }

    void write_finding(finding const& one) {
        out_ << "<tr class=\"finding " << to_text(one.grade) << " by-" << one.by->name << "\"><td>";
        write_badge(to_text(one.grade), to_text(one.grade));
        out_ << "</td><td>";
        write_subject(one);
        out_ << "</td><td><p class=\"title\">" << shown_text(one.by->title) << "</p><p class=\"message\">"
             << shown_text(one.message) << "</p><p class=\"soft\"><a href=\"#rule-" << one.by->name << "\">"
             << one.by->name << "</a></p>";
        if (!one.remedy.empty()) out_ << "<pre class=\"sql\" tabindex=\"0\">" << shown_lines(one.remedy) << "</pre>";
        out_ << "</td></tr>\n";
    }

    void write_subject(finding const& one) {
        if (one.child.empty()) {
            out_ << "<span class=\"table\">the database</span>";
            return;
        }
        out_ << "<bdi class=\"table\">" << shown_text(one.child) << "</bdi>";
        if (!one.constraint_name.empty()) out_ << "<bdi class=\"soft\">" << shown_text(one.constraint_name) << "</bdi>";
        if (!one.parent.empty())
            out_ << "<span class=\"soft\">refers to <bdi>" << shown_text(one.parent) << "</bdi></span>";
    }

    void write_suppressed() {
        auto const hidden = suppressed_findings(arena_, all_);
        if (hidden.empty()) return;
        out_ << "<section id=\"suppressed\">\n<h2>Suppressed</h2>\n<details class=\"card\"><summary>"
             << counted(arena_, sum_.suppressed, "finding that is", "findings that are")
             << " known and accepted</summary>\n<div class=\"rules\">\n";
        for (auto const* const one : hidden) {
            out_ << "<div class=\"hidden-finding\"><h3><bdi>" << shown_text(one->child) << "</bdi> <bdi>"
                 << shown_text(one->constraint_name) << "</bdi></h3><p>";
            write_badge(to_text(one->grade), to_text(one->grade));
            out_ << ' ' << one->by->name << ": " << shown_text(one->message) << "</p><p>Accepted: <bdi>"
                 << shown_text(one->suppressed_reason) << "</bdi></p></div>\n";
        }
        out_ << "</div>\n</details>\n</section>\n";
    }

    void write_graph() {
        if (all_.graph.empty()) return;
        out_ << "<section id=\"graph\">\n<h2>The tables and their keys</h2>\n<div class=\"card graph\">\n";
        write_markup(out_, all_.graph);
        out_ << "\n</div>\n</section>\n";
    }

    void write_keys() {
        if (all_.keys.empty()) return;
        out_
            << "<section id=\"keys\">\n<h2>All foreign keys</h2>\n<details class=\"card\"><summary>"
            << counted(arena_, static_cast<std::int64_t>(all_.keys.size()), "foreign key", "foreign keys")
            << "</summary>\n<table class=\"keys\">\n<thead><tr><th scope=\"col\">Foreign key</th>"
               "<th scope=\"col\">Definition</th><th scope=\"col\">Writes</th><th scope=\"col\">Rows</th></tr></thead>\n"
               "<tbody>\n";
        for (auto const& one : all_.keys) {
            out_ << "<tr><td><bdi class=\"table\">" << shown_text(one.child) << "</bdi><bdi class=\"soft\">"
                 << shown_text(one.constraint_name) << "</bdi></td><td><code>" << shown_text(one.definition)
                 << "</code></td><td>";
            write_badge(one.enforcement == "enforced" ? text("good") : text("warning"), one.enforcement);
            out_ << "</td><td>";
            write_rows(one);
            out_ << "</td></tr>\n";
        }
        out_ << "</tbody>\n</table>\n</details>\n</section>\n";
    }

    void write_rows(foreign_key const& one) {
        if (!one.is_examined) {
            out_ << "not examined";
            if (!one.not_examined.empty()) out_ << ": " << shown_text(one.not_examined);
            return;
        }
        write_badge(one.orphan_rows > 0 ? text("error") : text("good"),
                    counted(arena_, one.orphan_rows, "orphan", "orphans"));
        if (one.rows_checked) out_ << "<span class=\"soft\">of " << grouped(*one.rows_checked) << "</span>";
    }

    void write_rules() {
        out_ << "<section id=\"rules\">\n<h2>What the rules mean</h2>\n";
        if (!all_.findings.empty()) out_ << "<div class=\"card rules\">\n";
        for (auto const& one : all_.rules)
            if (is_found(one))
                out_ << "<div id=\"rule-" << one.name << "\"><h3>" << one.name << ": " << shown_text(one.title)
                     << "</h3><p>" << shown_text(one.explanation) << "</p></div>\n";
        if (!all_.findings.empty()) out_ << "</div>\n";
        write_rule_list("found nothing", [&](rule const& one) { return one.has_run && !is_found(one); });
        write_rule_list("did not run", [&](rule const& one) { return !one.has_run && !is_found(one); });
        out_ << "</section>\n";
    }

    template <class Condition>
    void write_rule_list(text what, Condition belongs) {
        auto const number = std::count_if(all_.rules.begin(), all_.rules.end(), belongs);
        if (number == 0) return;
        out_ << "<details class=\"card\"><summary>" << counted(arena_, number, "rule", "rules") << ' ' << what
             << "</summary>\n<ul class=\"plain\">\n";
        for (auto const& one : all_.rules)
            if (belongs(one)) out_ << "<li>" << one.name << ": " << shown_text(one.title) << "</li>\n";
        out_ << "</ul>\n</details>\n";
    }

    void write_badge(text kind, text words) {
        out_ << "<span class=\"badge " << kind << "\">" << shown_text(words) << "</span>";
    }

    text mood() const {
        if (sum_.errors > 0) return "error";
        if (sum_.foreign_keys == 0) return "info";
        if (sum_.warnings > 0 || sum_.not_examined > 0) return "warning";
        return "good";
    }

    /// Rules with open findings, in their order.
    template <class Each>
    void each_rule_found(Each each) {
        for (auto const& one : all_.rules)
            if (count_of(one) > 0) each(one);
    }
    std::size_t count_of(rule const& one) const {
        std::size_t number = 0;
        for (auto const& group : groups_)
            if (group.by == &one) number += group.findings.size();
        return number;
    }
    bool has_group(rule const& one, severity grade) const {
        return std::any_of(groups_.begin(), groups_.end(),
                           [&](finding_group const& group) { return group.by == &one && group.grade == grade; });
    }
    /// Suppressed findings count.
    bool is_found(rule const& one) const {
        return std::any_of(all_.findings.begin(), all_.findings.end(),
                           [&](finding const& found) { return found.by == &one; });
    }

    /// 1234567 as 1,234,567.
    text grouped(std::int64_t number) {
        auto const digits = arena_.concat(number);
        writer out(arena_);
        for (std::size_t position = 0; position < digits.size(); ++position) {
            if (position > 0 && digits[position - 1] != '-' && (digits.size() - position) % 3 == 0) out << ',';
            out << digits[position];
        }
        return arena_.copy(out.text());
    }

    /// The text as markup: escaped, and what a reader would not see by its code.
    text shown_text(text content) { return escape(content, false); }
    text shown_lines(text content) { return escape(content, true); }
    text escape(text content, bool keeps_lines) {
        writer out(arena_);
        write_escaped(out, content, keeps_lines);
        return arena_.copy(out.text());
    }

    model::arena& arena_;
    audit_report const& all_;
    summary const sum_;
    std::span<finding_group const> groups_;
    writer out_;
};

}  // namespace

text render_html(model::arena& arena, audit_report const& all) { return html_page(arena, all).render(); }

}  // namespace fkaudit::report
