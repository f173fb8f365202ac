#include "src/report/text.hpp"

#include "src/report/outline.hpp"
#include "src/report/visible.hpp"
#include "src/report/wrapping.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

constexpr std::size_t page_width = 100;

class text_page {
public:
    text_page(model::arena& arena, audit_report const& all) : arena_(arena), all_(all), out_(arena) {}

    text render() {
        write_head();
        each_group(
            group_findings(arena_, all_), [&](model::severity grade) { write_title(title(grade)); },
            [&](finding_group const& group) { write_group(group); });
        write_suppressed();
        return arena_.copy(out_.text());
    }

private:
    static text title(model::severity grade) {
        switch (grade) {
            case model::severity::error: return "ERRORS";
            case model::severity::warning: return "WARNINGS";
            case model::severity::info: return "INFO";
        }
        return {};
    }

    void write_head() {
        auto const sum = summarize(all_);
        line(arena_.concat("Foreign keys of database ", all_.database));
        line(arena_.concat(readable_time(arena_, all_), ", PostgreSQL ", all_.server_version, ", fkaudit ",
                           all_.extension_version));
        out_ << '\n';
        line(headline(arena_, all_));
        out_ << '\n';
        figure("foreign keys", arena_.concat(sum.foreign_keys, " (", examined_words(arena_, all_), ')'));
        figure("errors", arena_.concat(sum.errors));
        figure("warnings", arena_.concat(sum.warnings));
        figure("info", arena_.concat(sum.infos));
        figure("suppressed", arena_.concat(sum.suppressed));
        if (all_.has_data)
            figure("orphan rows", arena_.concat(sum.orphan_rows, ", in ",
                                                counted(arena_, sum.violated_keys, "foreign key", "foreign keys")));
        figure("rules", arena_.concat(sum.rules, " of ", all_.rules.size(), " have run"));
    }

    void write_title(text name) {
        out_ << '\n' << name << '\n';
        out_.repeat('=', page_width) << '\n';
    }

    void write_group(finding_group const& group) {
        out_ << '\n';
        line(arena_.concat(group.by->name, ": ", group.by->title, " (", group.findings.size(), ')'));
        write_wrapped(out_, group.by->explanation, 2, page_width);
        for (auto const* const one : group.findings) {
            out_ << '\n';
            write_finding(*one);
        }
    }

    void write_finding(finding const& one) {
        if (!one.child.empty()) write_wrapped(out_, subject(one), 2, page_width);
        write_wrapped(out_, visible(arena_, one.message), 4, page_width);
        auto rest = visible(arena_, one.remedy, true);
        while (!rest.empty()) {
            auto const statement = rest.substr(0, rest.find('\n'));
            write_wrapped_sql(out_, statement, 6, page_width);
            rest.remove_prefix(std::min(statement.size() + 1, rest.size()));
        }
    }

    void write_suppressed() {
        auto const hidden = suppressed_findings(arena_, all_);
        if (hidden.empty()) return;
        write_title("SUPPRESSED");
        for (auto const* const one : hidden) {
            out_ << '\n';
            line(arena_.concat(to_text(one->grade), ' ', one->by->name, ": ", one->by->title));
            write_wrapped(out_, subject(*one), 2, page_width);
            write_wrapped(out_, visible(arena_, one->message), 4, page_width);
            write_wrapped(out_, visible(arena_, arena_.concat("accepted: ", one->suppressed_reason)), 4, page_width);
        }
    }

    text subject(finding const& one) {
        auto const key = one.constraint_name.empty() ? text() : arena_.concat(", ", one.constraint_name);
        auto const parent = one.parent.empty() ? text() : arena_.concat(" -> ", one.parent);
        return visible(arena_, arena_.concat(one.child, key, parent));
    }

    void figure(text name, text value) {
        out_ << "  " << name;
        out_.repeat(' ', 16 - name.size()) << value << '\n';
    }
    void line(text content) { write_wrapped(out_, visible(arena_, content), 0, page_width); }

    model::arena& arena_;
    audit_report const& all_;
    writer out_;
};

}  // namespace

text render_text(model::arena& arena, audit_report const& all) { return text_page(arena, all).render(); }

}  // namespace fkaudit::report
