#include "src/entry/database_audit.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

using audit::finding;
using audit::severity;
using text = std::string_view;

constexpr std::size_t findings_shown = 50;

std::optional<severity> read_severity(text name) {
    for (auto const one : {severity::error, severity::warning, severity::info})
        if (to_text(one) == name) return one;
    return std::nullopt;
}

severity require_severity(pg::call& current, int position) {
    auto const name = current.text_argument(position);
    auto const found = read_severity(name.value_or(text()));
    if (!found)
        throw model::error{"22023",
                           name ? current.arena().concat("severity \"", *name, "\" does not exist")
                                : text("min_severity must not be null"),
                           {},
                           "It is one of error, warning, info."};
    return *found;
}

/// What fk_baseline() knew, by finding_key.
struct known_finding {
    severity grade = severity::info;
    std::int64_t count = 0;
};

class known_findings {
public:
    known_findings(model::arena& arena, std::optional<Datum> baseline)
        : by_key_(std::less<text>(), model::allocator<std::pair<text, known_finding>>(arena.resource())) {
        if (!baseline) return;
        // A value that is no number gives NULL here, not an error of a cast.
        auto const rows = pg::spi::select<pg::spi::row<text, std::optional<text>, std::optional<std::int64_t>>>(
            arena,
            "SELECT e.key, e.value ->> 'severity',"
            " CASE WHEN jsonb_typeof(e.value -> 'count') = 'number'"
            " THEN least(ceil((e.value ->> 'count')::numeric), 9223372036854775807)::int8 END"
            " FROM jsonb_each(CASE jsonb_typeof($1) WHEN 'object' THEN $1 ELSE '{\"\": 0}' END) e",
            pg::spi::jsonb{*baseline});
        for (auto const& [key, name, count] : rows) {
            auto const grade = read_severity(name.value_or(text()));
            if (!grade || !count)
                throw model::error{"22023", "baseline is not what fk_baseline() returns",
                                   key.empty() ? text("It is no JSON object.")
                                               : arena.concat("Its member \"", key, "\" has no severity and count."),
                                   "Store the result of SELECT fk_baseline() and pass it unchanged."};
            by_key_.emplace(key, known_finding{*grade, *count});
        }
    }

    /// As bad as then, or better.
    bool contain(text key, finding const& one) const {
        auto const found = by_key_.find(key);
        return found != by_key_.end() && one.grade >= found->second.grade && one.count <= found->second.count;
    }

private:
    model::flat_map<text, known_finding> by_key_;
};

text describe(model::arena& arena, finding const& one) {
    if (one.child == nullptr) return arena.concat(to_text(one.grade), ' ', one.by->name, ": ", one.message);
    return arena.concat(to_text(one.grade), ' ', one.by->name, ' ', one.child->qualified, ' ', one.constraint_name,
                        ": ", one.message);
}

[[noreturn]] void fail(model::arena& arena, std::span<finding const* const> open) {
    auto const shown = arena.join(open.first(std::min(open.size(), findings_shown)), "\n",
                                  [&](finding const* one) { return describe(arena, *one); });
    auto const rest =
        open.size() <= findings_shown ? text() : arena.concat("\nand ", open.size() - findings_shown, " more");
    throw model::error{
        "P0004", arena.concat("foreign keys do not hold: ", open.size(), open.size() == 1 ? " finding" : " findings"),
        arena.concat(shown, rest),
        "fk_audit() has the statements that mend them; fk_suppress() accepts one for a reason, "
        "fk_baseline() all that there are."};
}

}  // namespace

Datum assert_clean(pg::call& current) {
    auto const floor = require_severity(current, 0);
    auto const given = current.jsonb_argument(1);
    bool const check_data = require_flag(current, 2, "check_data");
    bool const allow_empty = require_flag(current, 3, "allow_empty");
    pg::result_set result(current);
    auto& arena = current.arena();
    known_findings const known(arena, given);
    database_audit const audited(current, load_everything(current), check_data);

    model::vector<finding const*> open(arena);
    std::int64_t suppressed = 0;
    for (auto const& one : audited.findings()) {
        if (one.grade > floor) continue;
        if (one.suppressed != nullptr)
            ++suppressed;
        else if (!known.contain(audit::finding_key(arena, one), one))
            open.push_back(&one);
    }
    if (!open.empty()) fail(arena, {open.data(), open.size()});
    if (audited.examined() == 0 && !allow_empty)
        throw model::error{"P0004", "no foreign key was examined",
                           audited.not_examined() == 0
                               ? text("The database has no foreign keys that the call is about.")
                               : arena.concat(audited.not_examined(), " could not be examined."),
                           "A gate that looks at nothing proves nothing: pass allow_empty => true if that is meant."};
    result.add([&](pg::row_builder& row) {
        row << audited.examined() << audited.not_examined() << std::int64_t{0} << suppressed;
    });
    return result.finish();
}

Datum baseline(pg::call& current) {
    bool const check_data = require_flag(current, 0, "check_data");
    auto& arena = current.arena();
    database_audit const audited(current, load_everything(current), check_data);
    // Names of rules and severities, keys and numbers: nothing that JSON would have to escape.
    auto const members = arena.join(audited.findings(), ", ", [&](finding const& one) {
        return arena.concat('"', audit::finding_key(arena, one), "\": {\"rule\": \"", one.by->name,
                            "\", \"severity\": \"", to_text(one.grade), "\", \"count\": ", one.count, '}');
    });
    return current.keep_jsonb(pg::spi::parse_json(arena, arena.concat('{', members, '}')).value);
}

}  // namespace fkaudit::entry
