#include "src/report/junit.hpp"

#include <algorithm>
#include <tuple>

#include "src/report/outline.hpp"
#include "src/report/xml.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

/// A finding, or a key without one.
struct test_case {
    text child{};
    text name{};
    finding const* found = nullptr;

    bool is_skipped() const noexcept { return found != nullptr && found->is_suppressed; }
    bool is_failed() const noexcept {
        return found != nullptr && !found->is_suppressed && found->grade != model::severity::info;
    }
};

struct attribute {
    text name;
    text value;
};

/// By table, then key, then as the findings are ordered.
std::span<test_case const> cases_of(model::arena& arena, audit_report const& all) {
    model::vector<test_case> cases(arena);
    for (auto const& one : all.findings) cases.push_back({one.child, one.constraint_name, &one});
    auto const order = [](auto const& one) { return std::tie(one.child, one.name); };
    auto const before = [&](test_case const& a, test_case const& b) { return order(a) < order(b); };
    std::stable_sort(cases.begin(), cases.end(), before);

    auto const with_findings = cases.size();
    for (auto const& key : all.keys) {
        test_case const one{key.child, key.constraint_name};
        if (!std::binary_search(cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(with_findings), one, before))
            cases.push_back(one);
    }
    std::stable_sort(cases.begin(), cases.end(), before);
    return arena.copy(std::span<test_case const>(cases.data(), cases.size()));
}

class junit_document {
public:
    junit_document(model::arena& arena, audit_report const& all) : arena_(arena), all_(all), out_(arena) {}

    text render() {
        auto rest = cases_of(arena_, all_);
        bool const is_empty = rest.empty();
        out_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites";
        write(attribute{"name", arena_.concat("fkaudit: ", all_.database)});
        write_counts(rest, is_empty);
        out_ << ">\n";
        if (is_empty) write_empty_suite();
        while (!rest.empty()) {
            auto const end = std::find_if(rest.begin(), rest.end(),
                                          [&](test_case const& one) { return one.child != rest.front().child; });
            auto const size = static_cast<std::size_t>(end - rest.begin());
            write_suite(rest.first(size));
            rest = rest.subspan(size);
        }
        out_ << "</testsuites>\n";
        return arena_.copy(out_.text());
    }

private:
    void write_suite(std::span<test_case const> cases) {
        begin_suite(cases.front().child.empty() ? all_.database : cases.front().child);
        write_counts(cases, false);
        out_ << ">\n";
        write_properties();
        for (auto const& one : cases) write_case(one);
        out_ << "  </testsuite>\n";
    }

    void write_empty_suite() {
        begin_suite(all_.database);
        write_counts({}, true);
        out_ << ">\n";
        write_properties();
        out_ << "    <testcase";
        write(attribute{"classname", all_.database});
        write(attribute{"name", "foreign keys"});
        out_ << " time=\"0\">\n      <skipped";
        write(attribute{"message", headline(arena_, all_)});
        out_ << "/>\n    </testcase>\n  </testsuite>\n";
    }

    void write_properties() {
        auto const sum = summarize(all_);
        out_ << "    <properties>\n";
        for (auto const& one : {attribute{"database", all_.database}, attribute{"server_version", all_.server_version},
                                attribute{"extension_version", all_.extension_version},
                                attribute{"foreign_keys", arena_.concat(sum.foreign_keys)},
                                attribute{"examined", arena_.concat(sum.examined)},
                                attribute{"not_examined", arena_.concat(sum.not_examined)}}) {
            out_ << "      <property";
            write(attribute{"name", one.name});
            write(attribute{"value", one.value});
            out_ << "/>\n";
        }
        out_ << "    </properties>\n";
    }

    void begin_suite(text name) {
        out_ << "  <testsuite";
        write(attribute{"name", name});
        // Without the Z: the schemas of this format know no time zone. It is UTC.
        write(attribute{"timestamp", all_.time.substr(0, all_.time.find('Z'))});
    }

    void write_counts(std::span<test_case const> cases, bool is_empty) {
        auto const count = [&](auto is) { return std::count_if(cases.begin(), cases.end(), is); };
        out_ << " tests=\"" << cases.size() + (is_empty ? 1 : 0) << "\" failures=\""
             << count([](test_case const& one) { return one.is_failed(); }) << "\" errors=\"0\" skipped=\""
             << count([](test_case const& one) { return one.is_skipped(); }) + (is_empty ? 1 : 0) << "\" time=\"0\"";
    }

    void write_case(test_case const& one) {
        auto const subject = one.name.empty() ? text("table") : one.name;
        out_ << "    <testcase";
        write(attribute{"classname", one.child.empty() ? all_.database : one.child});
        write(attribute{"name", one.found == nullptr ? subject
                                : one.child.empty()  ? one.found->by->name
                                                     : arena_.concat(subject, ": ", one.found->by->name)});
        out_ << " time=\"0\"";
        if (one.found == nullptr) {
            out_ << "/>\n";
            return;
        }
        out_ << ">\n";
        write_outcome(one);
        out_ << "    </testcase>\n";
    }

    void write_outcome(test_case const& one) {
        auto const& found = *one.found;
        if (one.is_skipped()) {
            out_ << "      <skipped";
            write(attribute{"message", arena_.concat("suppressed: ", found.suppressed_reason)});
            out_ << "/>\n";
        } else if (one.is_failed()) {
            out_ << "      <failure";
            write(attribute{"type", found.by->name});
            write(attribute{"message", found.message});
            out_ << '>';
            write_body(found);
            out_ << "</failure>\n";
        } else {
            out_ << "      <system-out>";
            write_body(found);
            out_ << "</system-out>\n";
        }
    }

    void write_body(finding const& one) {
        out_ << to_text(one.grade) << ": ";
        write_escaped(out_, one.message);
        out_ << '\n';
        if (!one.remedy.empty()) {
            out_ << "\nTo mend it:\n";
            write_escaped(out_, one.remedy, true);
            out_ << '\n';
        }
        out_ << '\n';
        write_escaped(out_, one.by->explanation);
        out_ << "\nfinding_key: " << one.key << '\n';
    }

    void write(attribute const& one) {
        out_ << ' ' << one.name << "=\"";
        write_escaped(out_, one.value);
        out_ << '"';
    }

    model::arena& arena_;
    audit_report const& all_;
    writer out_;
};

}  // namespace

text render_junit(model::arena& arena, audit_report const& all) { return junit_document(arena, all).render(); }

}  // namespace fkaudit::report
