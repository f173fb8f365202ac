#include "src/report/sarif.hpp"

#include <algorithm>

#include "src/report/json_writer.hpp"
#include "src/report/visible.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

text level(model::severity grade) { return grade == model::severity::info ? text("note") : to_text(grade); }

/// RFC 3986: what is not unreserved is encoded, so that the name is one segment and no scheme.
text uri_segment(model::arena& arena, text name) {
    writer out(arena);
    for (char const character : name) {
        bool const is_unreserved = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                                   (character >= '0' && character <= '9') || text("-._~").find(character) != text::npos;
        auto const byte = static_cast<unsigned char>(character);
        if (is_unreserved)
            out << character;
        else
            out << '%' << "0123456789ABCDEF"[byte >> 4U] << "0123456789ABCDEF"[byte & 15U];
    }
    return arena.copy(out.text());
}

class sarif_log {
public:
    sarif_log(model::arena& arena, audit_report const& all) : arena_(arena), all_(all), json_(arena) {}

    text render() {
        json_.object([&] {
            json_.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json_.member("version", "2.1.0");
            json_.array("runs", [&] { json_.object([&] { write_run(); }); });
        });
        return arena_.copy(json_.text());
    }

private:
    void write_run() {
        json_.object("tool", [&] {
            json_.object("driver", [&] {
                json_.member("name", "fkaudit");
                json_.member("version", all_.extension_version);
                json_.array("rules", all_.rules, [&](rule const& one) { write_rule(one); });
            });
        });
        json_.object("automationDetails", [&] { json_.member("id", shown("fkaudit/", all_.database)); });
        json_.array("invocations", [&] {
            json_.object([&] {
                json_.member("executionSuccessful", true);
                json_.member("endTimeUtc", all_.time);
            });
        });
        json_.member("columnKind", "unicodeCodePoints");
        json_.array("results", all_.findings, [&](finding const& one) { write_result(one); });
        json_.object("properties", [&] { write_properties(); });
    }

    void write_rule(rule const& one) {
        json_.object([&] {
            json_.member("id", one.name);
            write_text("shortDescription", one.title);
            write_text("fullDescription", one.explanation);
            write_text("help", one.explanation);
            json_.object("defaultConfiguration", [&] {
                json_.member("enabled", one.has_run);
                json_.member("level", level(one.grade));
            });
        });
    }

    void write_result(finding const& one) {
        json_.object([&] {
            json_.member("ruleId", one.by->name);
            json_.member("ruleIndex", one.by - all_.rules.data());
            json_.member("level", level(one.grade));
            write_text("message", message(one));
            json_.array("locations", [&] { json_.object([&] { write_location(one); }); });
            json_.object("partialFingerprints", [&] { json_.member("fkauditFindingKey/v1", one.key); });
            json_.array("suppressions", [&] {
                if (one.is_suppressed) json_.object([&] { write_suppression(one); });
            });
            json_.object("properties", [&] {
                json_.member("count", one.count);
                json_.member_or_null("remedy", one.remedy);
            });
        });
    }

    void write_location(finding const& one) {
        json_.object("physicalLocation", [&] {
            json_.object("artifactLocation", [&] {
                json_.member("uri", one.child.empty() ? text("database") : uri_segment(arena_, one.child));
            });
            json_.object("region", [&] { json_.member("startLine", 1); });
        });
        if (one.child.empty()) return;
        json_.array("logicalLocations", [&] {
            json_.object([&] {
                json_.member("kind", one.constraint_name.empty() ? "object" : "member");
                if (!one.constraint_name.empty()) json_.member("name", shown(one.constraint_name));
                json_.member("fullyQualifiedName", one.constraint_name.empty()
                                                       ? shown(one.child)
                                                       : shown(arena_.concat(one.child, '.', one.constraint_name)));
            });
        });
    }

    void write_suppression(finding const& one) {
        json_.member("kind", "external");
        json_.member("status", "accepted");
        json_.member("justification", shown(one.suppressed_reason));
    }

    void write_properties() {
        auto const sum = summarize(all_);
        json_.member("database", shown(all_.database));
        json_.member("serverVersion", all_.server_version);
        json_.member("foreignKeys", sum.foreign_keys);
        json_.member("examined", sum.examined);
        json_.member("notExamined", sum.not_examined);
    }

    /// The tools show the message alone: it says which key, and the statements.
    text message(finding const& one) {
        auto const key =
            one.constraint_name.empty() ? text() : arena_.concat(one.child, ' ', one.constraint_name, ": ");
        auto const remedy =
            one.remedy.empty() ? text() : arena_.concat("\n\nTo mend it:\n", visible(arena_, one.remedy, true));
        return arena_.concat(visible(arena_, key), visible(arena_, one.message), remedy);
    }

    void write_text(text member, text content) {
        json_.object(member, [&] { json_.member("text", content); });
    }

    text shown(text part) { return visible(arena_, part); }
    text shown(text prefix, text part) { return arena_.concat(prefix, visible(arena_, part)); }

    model::arena& arena_;
    audit_report const& all_;
    json_writer json_;
};

}  // namespace

text render_sarif(model::arena& arena, audit_report const& all) { return sarif_log(arena, all).render(); }

}  // namespace fkaudit::report
