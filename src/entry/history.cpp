#include "src/audit/key_change.hpp"
#include "src/catalog/history_log.hpp"
#include "src/catalog/loader.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/key_records.hpp"
#include "src/model/json.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::entry {

namespace {

using audit::key_record;
using audit::key_step;
using catalog::history_log;
using catalog::log_entry;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

/// One of the event triggers that keep the history.
struct tracker {
    text name;
    text event;
    text function;
    text filter;  ///< the commands that can change a key without dropping it
};

constexpr std::array<tracker, 2> trackers{{
    {"fkaudit_history", "ddl_command_end", "fk_record_commands",
     " WHEN TAG IN ('CREATE TABLE', 'CREATE SCHEMA', 'ALTER TABLE', 'ALTER INDEX', 'ALTER TYPE', 'ALTER DOMAIN',"
     " 'ALTER COLLATION', 'ALTER SCHEMA', 'ALTER EXTENSION')"},
    {"fkaudit_history_drop", "sql_drop", "fk_record_drops", ""},
}};

/// The names of the event triggers that call one of the functions, quoted.
std::span<row<model::identifier> const> find_triggers(model::arena& arena, text schema, text function) {
    return select<row<model::identifier>>(
        arena, "SELECT evtname FROM pg_event_trigger WHERE evtfoid = to_regprocedure($1) ORDER BY evtname",
        arena.concat(schema, '.', function, "()"));
}

void enable(model::arena& arena, text schema, tracker const& one) {
    // Also where session_replication_role is replica.
    auto const always = [&](text name) {
        pg::spi::run(arena.c_string("ALTER EVENT TRIGGER ", name, " ENABLE ALWAYS"));
    };
    auto const existing = find_triggers(arena, schema, one.function);
    for (auto const& [name] : existing) always(name.quoted);
    if (!existing.empty()) return;
    pg::spi::run(arena.c_string("CREATE EVENT TRIGGER ", one.name, " ON ", one.event, one.filter, " EXECUTE FUNCTION ",
                                schema, '.', one.function, "()"));
    always(one.name);
}

void disable(model::arena& arena, text schema, tracker const& one) {
    for (auto const& [name] : find_triggers(arena, schema, one.function))
        pg::spi::run(arena.c_string("DROP EVENT TRIGGER ", name.quoted));
}

/// The latest state of each key that the log does not know to be gone, oldest first.
std::span<key_record const> recorded_states(pg::call& current, history_log const& log) {
    auto& arena = current.arena();
    auto const query = arena.concat(
        "SELECT l.after, CASE WHEN l.origin = $1 THEN coalesce(l.constraint_oid, 0) ELSE 0::oid END, l.bypassed"
        " FROM (SELECT DISTINCT ON (k.child, k.constraint_name) k.id, k.after, k.origin, k.constraint_oid, k.bypassed"
        " FROM ",
        log.qualified(),
        " k WHERE k.child IS NOT NULL ORDER BY k.child, k.constraint_name, k.id DESC) l"
        " WHERE l.after IS NOT NULL ORDER BY l.id");
    auto const rows = select<row<pg::spi::jsonb, model::oid, std::int32_t>>(arena, arena.c_string(query), log.origin());
    auto const list = arena.join(rows, ", ", [&](auto const& one) { return pg::spi::print(arena, std::get<0>(one)); });
    auto const records = read_records(current, pg::spi::parse_json(arena, arena.concat('[', list, ']')));
    for (std::size_t number = 0; number < records.size(); ++number) {
        records[number].id = std::get<1>(rows[number]);
        records[number].bypassed = std::get<2>(rows[number]);
    }
    return records;
}

text name_step(key_step const& step) {
    switch (step.what) {
        case key_step::kind::altered: return audit::name_change(*step.before, *step.after);
        case key_step::kind::rebuilt: return "rebuilt";
        case key_step::kind::added: return "added";
        case key_step::kind::dropped: return "dropped";
        case key_step::kind::known:
        case key_step::kind::superseded: break;
    }
    return {};
}

bool is_moved(key_step const& step) {
    return step.before != nullptr && step.after != nullptr &&
           (step.before->child != step.after->child || step.before->constraint_name != step.after->constraint_name);
}

/// The old names end before any new one begins: two keys can have changed places.
std::span<log_entry const> describe(model::arena& arena, std::span<key_step const> steps, text command) {
    model::vector<log_entry> entries(arena);
    for (auto const& step : steps)
        if (is_moved(step))
            entries.push_back(
                {.child = step.before->child, .constraint_name = step.before->constraint_name, .command = command});
    for (auto const& step : steps) {
        auto const& subject = step.after == nullptr ? *step.before : *step.after;
        auto const change = name_step(step);
        entries.push_back({.change = change,
                           .child = subject.child,
                           .constraint_name = subject.constraint_name,
                           .before = step.before == nullptr || change.empty() ? text() : step.before->whole,
                           .after = step.after == nullptr ? text() : step.after->whole,
                           .command = command,
                           .constraint = step.what == key_step::kind::superseded ? model::no_oid : subject.id,
                           .bypassed = subject.bypassed});
    }
    return arena.copy(std::span<log_entry const>(entries.data(), entries.size()));
}

/// How many changes were recorded. The first time everything that is there is the beginning, and no change.
std::int64_t synchronise(pg::call& current, text command) {
    auto& arena = current.arena();
    history_log const log(current, history_log::locking::alone);
    pg::guarded([] { PushActiveSnapshot(GetLatestSnapshot()); });
    auto const now = current_records(current, catalog::load(current, {.definitions = false, .types = true}));
    auto const before = recorded_states(current, log);
    auto const is_first =
        std::get<0>(select<row<bool>>(arena, arena.c_string("SELECT NOT EXISTS (SELECT FROM ", log.qualified(),
                                                            " WHERE child IS NULL AND change IS NULL)"))[0]);
    pg::guarded([] { PopActiveSnapshot(); });

    auto const steps = audit::reconcile(arena, before, now);
    auto const entries = describe(arena, steps, command);
    std::int64_t changes = 0;
    if (is_first) {
        auto const hidden = arena.array<log_entry>(entries.size() + 1);
        hidden[0] = history_log::beginning(command);
        std::copy(entries.begin(), entries.end(), hidden.begin() + 1);
        for (auto& one : hidden) one.change = {};
        log.append(hidden);
    } else {
        for (auto const& one : entries) changes += one.change.empty() ? 0 : 1;
        log.append(entries);
    }
    history_log::forget_missed(current);
    return changes;
}

void require_primary(pg::call& current, std::string_view function) {
    if (!RecoveryInProgress()) return;
    throw model::error{"25006", current.arena().concat("cannot execute ", function, " during recovery"),
                       "It writes to the history, and this server is a standby.",
                       "TABLE fk_history shows here, too, what the primary has recorded."};
}

}  // namespace

Datum track_history(pg::call& current) {
    require_primary(current, "fk_track_history()");
    auto const wanted = current.boolean_argument(0);
    if (!wanted)
        throw model::error{"22004", "enable must not be null", {}, "Pass true to keep the history, false to stop."};
    if (!superuser())
        throw model::error{"42501",
                           "permission denied to track the history of foreign keys",
                           {},
                           "Must be superuser: event triggers see everybody's commands."};
    auto& arena = current.arena();
    auto const schema = catalog::extension_schema(current);
    for (auto const& one : trackers) *wanted ? enable(arena, schema, one) : disable(arena, schema, one);
    if (*wanted) (void)synchronise(current, "fk_track_history(true)");
    return Datum{0};
}

Datum sync_history(pg::call& current) {
    require_primary(current, "fk_sync_history()");
    return Int64GetDatum(synchronise(current, "fk_sync_history()"));
}

Datum mark_release(pg::call& current) {
    require_primary(current, "fk_mark_release()");
    auto& arena = current.arena();
    auto const label = current.text_argument(0);
    if (!label || label->empty())
        throw model::error{"22004", "label must not be null or empty", {}, "Pass the release's name, such as 'v2.1'."};
    history_log const log(current, history_log::locking::alone);
    log_entry const entry{.change = "release",
                          .after = arena.concat("{\"label\": ", model::json_string(arena, *label), '}'),
                          .command = "fk_mark_release()"};
    log.append({&entry, 1});
    return Datum{0};
}

}  // namespace fkaudit::entry
