#pragma once

#include <string>

#include "src/report/report.hpp"
#include "test/unit/memory.hpp"

namespace fkaudit::test {

/// A name with everything that some format could stumble over: markup, quotes, line breaks, marks of direction, mentions,
/// ends of CDATA and code, letters of other scripts.
inline constexpr std::string_view hostile_name =
    "<script>alert(1)</script>\"'`|]]>&amp;\\*_[x](y)~@owner #1\r\n\x01\x1b[31m\u202e\u200b\ufeff\u0085\u2028 grün\u05d0 https://a.b";

/// A report with one finding of each severity, a suppressed one, and two keys. `name` is every name and text in it.
class sample_report {
public:
    explicit sample_report(std::string_view name = "public.orders") {
        all.database = name;
        all.server_version = "15.4";
        all.extension_version = "1.0";
        all.time = "2026-05-31T23:59:59Z";
        all.has_data = true;
        rules_[0] = {"orphan-rows", model::severity::error, "rows without their parent", "Rows refer to nothing.",
                     true};
        rules_[1] = {"missing-index", model::severity::warning, "no index", "Deletes read the whole child.", true};
        rules_[2] = {"not-valid", model::severity::warning, "NOT VALID", "Never checked.", false};
        all.rules = rules_;
        keys_[0] = {name, name, name, name, "enforced", true, {}, 600, 20000};
        keys_[1] = {"public.quiet", "quiet_fk", "public.parent", "FOREIGN KEY (a) REFERENCES public.parent(b)",
                    "enforced",     false,      "no_privilege"};
        all.keys = keys_;
        findings_[0] = finding(0, model::severity::error, name);
        findings_[1] = finding(1, model::severity::warning, name);
        findings_[2] = finding(1, model::severity::info, name);
        findings_[2].remedy = {};
        findings_[3] = finding(1, model::severity::warning, name);
        findings_[3].is_suppressed = true;
        findings_[3].suppressed_reason = name;
        all.findings = findings_;
    }
    sample_report(sample_report const&) = delete;
    sample_report& operator=(sample_report const&) = delete;

    model::arena& arena() { return arena_; }

    report::audit_report all;

private:
    report::finding finding(std::size_t rule, model::severity grade, std::string_view name) {
        return {&rules_[rule], grade, name, name, name, name, name, 3, false, {}, "0123456789abcdef"};
    }

    heap memory_;
    model::arena arena_{memory_};
    report::rule rules_[3];
    report::foreign_key keys_[2];
    report::finding findings_[4];
};

inline std::size_t occurrences(std::string_view text, std::string_view part) {
    std::size_t number = 0;
    for (auto place = text.find(part); place != std::string_view::npos; place = text.find(part, place + 1)) ++number;
    return number;
}

inline bool is_ascii(std::string_view text) {
    for (char const one : text)
        if (!(one == '\n' || (one >= ' ' && one <= '~'))) return false;
    return true;
}

}  // namespace fkaudit::test
