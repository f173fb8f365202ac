#include "src/report/markdown.hpp"

#include <algorithm>

#include "src/report/outline.hpp"
#include "src/report/visible.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

bool is_word(char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9');
}

bool is_www(text word) {
    return std::all_of(word.begin(), word.end(), [](char one) { return one == 'w' || one == 'W'; });
}

/// What a code span of single backticks shows as it stands, in a table too.
bool is_plain_name(text name) {
    return !name.empty() && name.front() != ' ' && name.back() != ' ' &&
           std::all_of(name.begin(), name.end(), [](char one) {
               return is_word(one) || static_cast<unsigned char>(one) >= 0x80 ||
                      text(" ._-\"()=,>").find(one) != text::npos;
           });
}

/// Entities: CommonMark takes them for text, never for markup, in table cells and in inline HTML as well.
void write_entity(writer& out, char character) { out << "&#" << static_cast<int>(character) << ';'; }

/// Visible text as text. GitHub looks for mentions and references in what was rendered: only an element between the mark
/// and the name keeps it from finding them.
void write_prose(writer& out, text content) {
    for (std::size_t position = 0; position < content.size(); ++position) {
        char const one = content[position];
        bool const inside_word = position > 0 && is_word(content[position - 1]) && position + 1 < content.size() &&
                                 is_word(content[position + 1]);
        if (one == '@' || one == '#')
            out << one << "<!-- -->";
        else if (one == ':' && content.substr(position, 3) == "://")
            out << "<!-- -->:<!-- -->";
        else if (one == '.' && position >= 3 && is_www(content.substr(position - 3, 3)))
            out << "<!-- -->.";
        else if (text("\\`*[]<>|~&$!").find(one) != text::npos || (one == '_' && !inside_word))
            write_entity(out, one);
        else
            out << one;
    }
}

class markdown_page {
public:
    markdown_page(model::arena& arena, audit_report const& all) : arena_(arena), all_(all), out_(arena) {}

    text render() {
        write_head();
        each_group(
            group_findings(arena_, all_), [&](model::severity grade) { out_ << "\n## " << title(grade) << '\n'; },
            [&](finding_group const& group) { write_group(group); });
        write_suppressed();
        return arena_.copy(out_.text());
    }

private:
    static text title(model::severity grade) {
        switch (grade) {
            case model::severity::error: return "Errors";
            case model::severity::warning: return "Warnings";
            case model::severity::info: return "Info";
        }
        return {};
    }

    void write_head() {
        auto const sum = summarize(all_);
        out_ << "# Foreign keys of database ";
        name(all_.database);
        out_ << "\n\n**";
        prose(headline(arena_, all_));
        out_
            << "**\n\n| foreign keys | examined | not examined | errors | warnings | info | suppressed | orphan rows |\n"
            << "|---:|---:|---:|---:|---:|---:|---:|---:|\n| " << sum.foreign_keys << " | " << sum.examined << " | "
            << sum.not_examined << " | " << sum.errors << " | " << sum.warnings << " | " << sum.infos << " | "
            << sum.suppressed << " | ";
        all_.has_data ? out_ << sum.orphan_rows : out_ << "unknown";
        out_ << " |\n\n";
        prose(arena_.concat(readable_time(arena_, all_), ", PostgreSQL ", all_.server_version, ", fkaudit ",
                            all_.extension_version, "; ", sum.rules, " of ", all_.rules.size(), " rules have run."));
        out_ << '\n';
    }

    void write_group(finding_group const& group) {
        out_ << "\n### " << group.by->name << ": ";
        prose(group.by->title);
        out_ << " (" << group.findings.size() << ")\n\n";
        prose(group.by->explanation);
        out_ << "\n\n| table | foreign key | refers to | finding |\n|---|---|---|---|\n";
        for (auto const* const one : group.findings) {
            write_subject(*one);
            prose(one->message);
            out_ << " |\n";
        }
        write_statements(group);
    }

    void write_statements(finding_group const& group) {
        auto const statements = arena_.join(group.findings, "", [&](finding const* one) {
            return one->remedy.empty() ? text() : arena_.concat(visible(arena_, one->remedy, true), '\n');
        });
        if (statements.empty()) return;
        // Longer than any run of backticks inside, so that none of them ends the block.
        std::size_t run = 0;
        std::size_t longest = 2;
        for (char const one : statements) longest = std::max(longest, run = one == '`' ? run + 1 : 0);
        out_ << "\n<details><summary>Statements that mend it</summary>\n\n";
        out_.repeat('`', longest + 1) << "sql\n" << statements;
        out_.repeat('`', longest + 1) << "\n\n</details>\n";
    }

    void write_suppressed() {
        auto const hidden = suppressed_findings(arena_, all_);
        if (hidden.empty()) return;
        out_
            << "\n## Suppressed\n\n| table | foreign key | refers to | finding | accepted because |\n|---|---|---|---|---|\n";
        for (auto const* const one : hidden) {
            write_subject(*one);
            prose(arena_.concat(to_text(one->grade), ' ', one->by->name, ": ", one->message));
            out_ << " | ";
            prose(one->suppressed_reason);
            out_ << " |\n";
        }
    }

    void write_subject(finding const& one) {
        out_ << "| ";
        for (auto const part : {one.child, one.constraint_name, one.parent}) {
            if (!part.empty()) name(part);
            out_ << " | ";
        }
    }

    void name(text stored) {
        auto const shown = visible(arena_, stored);
        if (is_plain_name(shown)) {
            out_ << '`' << shown << '`';
            return;
        }
        out_ << "<code>";
        for (char const one : shown)
            if (is_word(one) || one == ' ' || static_cast<unsigned char>(one) >= 0x80)
                out_ << one;
            else
                write_entity(out_, one);
        out_ << "</code>";
    }
    void prose(text content) { write_prose(out_, visible(arena_, content)); }

    model::arena& arena_;
    audit_report const& all_;
    writer out_;
};

}  // namespace

text render_markdown(model::arena& arena, audit_report const& all) { return markdown_page(arena, all).render(); }

}  // namespace fkaudit::report
