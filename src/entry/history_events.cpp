#include "src/entry/history_events.hpp"

#include "src/catalog/history_log.hpp"
#include "src/catalog/keys_of_tables.hpp"
#include "src/catalog/loader.hpp"
#include "src/entry/key_records.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/constraint_watch.hpp"
#include "src/pg/event_trigger.hpp"
#include "src/pg/rights.hpp"
#include "src/pg/subtransaction.hpp"

namespace fkaudit::entry {

namespace {

using audit::key_record;
using catalog::history_log;
using catalog::log_entry;
using catalog::logged_key;
using pg::spi::kept_query;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

/// A command's tables where its syntax does not name them: those of a schema, an extension, or with columns of a type.
kept_query commanded_tables{R"(
WITH RECURSIVE touched(classid, objid) AS (
    SELECT c.classid, c.objid FROM pg_event_trigger_ddl_commands() c
    UNION
    SELECT o.classid, o.objid
      FROM touched t
     CROSS JOIN LATERAL (
           SELECT d.classid, d.objid
             FROM pg_depend d
            WHERE d.refclassid = t.classid AND d.refobjid = t.objid
              AND t.classid IN ('pg_namespace'::regclass, 'pg_extension'::regclass, 'pg_collation'::regclass,
                                'pg_type'::regclass)
              AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_collation'::regclass)
           UNION ALL
           SELECT 'pg_type'::regclass::oid, r.reltype
             FROM pg_class r
            WHERE t.classid = 'pg_class'::regclass AND r.oid = t.objid AND r.reltype <> 0) o
)
SELECT r.oid FROM touched t JOIN pg_class r ON r.oid = t.objid
 WHERE t.classid = 'pg_class'::regclass AND r.relkind IN ('r', 'p'))"};

kept_query commanded_name{"SELECT object_identity FROM pg_event_trigger_ddl_commands() LIMIT 1"};

kept_query dropped_keys{R"(
SELECT o.objid, o.address_names[1]::name, o.address_names[2]::name, o.address_names[3]
  FROM pg_event_trigger_dropped_objects() o
 WHERE o.classid = 'pg_constraint'::regclass AND o.objid = ANY($1) AND cardinality(o.address_names) = 3
 ORDER BY o.address_names)"};

/// Whether some of it had foreign keys: a partition's are no keys of their own, but go with their triggers.
kept_query dropped_key_triggers{R"(
SELECT EXISTS (SELECT FROM pg_event_trigger_dropped_objects()
                WHERE classid = 'pg_trigger'::regclass AND NOT is_temporary
                  AND object_identity LIKE '%RI\_ConstraintTrigger\_%'))"};

kept_query dropped_names{R"(
SELECT coalesce(string_agg(o.object_identity, ', ' ORDER BY o.place) FILTER (WHERE o.place <= 3), '')
       || CASE WHEN count(*) > 3 THEN ', …' ELSE '' END
  FROM (SELECT object_identity, row_number() OVER (ORDER BY object_identity) AS place
          FROM pg_event_trigger_dropped_objects() WHERE original) o)"};

text quoted_relation(model::arena& arena, Oid relation) {
    return pg::guarded([&]() -> text {
        char const* const name = get_rel_name(relation);
        if (name == nullptr) return {};
        char const* const schema = get_namespace_name(get_rel_namespace(relation));
        return arena.concat(pg::spi::quote_name(arena, schema == nullptr ? "?" : schema), '.',
                            pg::spi::quote_name(arena, name));
    });
}

/// `ALTER TABLE public.c`; the object from the server where the syntax does not say it.
text describe_command(pg::call& current, Oid subject, kept_query& names) {
    auto& arena = current.arena();
    text object = OidIsValid(subject) ? quoted_relation(arena, subject) : text();
    if (object.empty()) {
        auto const found = select<row<text>>(arena, names);
        if (!found.empty()) object = std::get<0>(found[0]);
    }
    text const tag = pg::command_tag(current.arguments());
    return object.empty() ? tag : arena.concat(tag, ' ', object);
}

/// Runs `body` with the rights of the log's owner, and with eyes for what is committed now, in a subtransaction; what went
/// wrong in it. Only what must end the whole command goes on.
template <class Body>
std::optional<pg::caught_error> attempt_as_owner(pg::call& current, Body const& body) {
    try {
        return pg::attempt(current, pg::on_success::commit, [&] {
            auto const rights = pg::guarded([&] {
                pg::rights_of const of_owner(history_log::owner(current));
                PushActiveSnapshot(GetLatestSnapshot());
                return of_owner;
            });
            body();
            pg::guarded([&] {
                PopActiveSnapshot();
                rights.give_back();
            });
        });
    } catch (model::error const& error) {
        return pg::caught_error{.message = error.message, .detail = error.detail, .hint = error.hint};
    } catch (std::bad_alloc const&) {
        return pg::caught_error{.message = "out of memory"};
    } catch (std::exception const&) {
        return pg::caught_error{.message = "unknown C++ exception"};
    }
}

/// An error in `body` is a WARNING.
template <class Body>
void record(pg::call& current, Body const& body) {
    auto const failure = attempt_as_owner(current, body);
    if (!failure) return;
    (void)attempt_as_owner(current, [&] { history_log::note_missed(current); });
    auto const size = [](text value) { return static_cast<int>(value.size()); };
    pg::guarded([&] {
        ereport(WARNING,
                (errcode(ERRCODE_WARNING),
                 errmsg("fkaudit could not record in fk_history what this command did to foreign keys"),
                 errdetail_internal("%.*s", size(failure->message), failure->message.data()),
                 errhint("The command itself is not affected. Run SELECT fk_sync_history() when the cause is gone.")));
    });
}

/// Compares keys that are there now with what the log has of them.
class recorder {
public:
    recorder(pg::call& current, history_log const& log, text command)
        : current_(current),
          arena_(current.arena()),
          log_(log),
          command_(command),
          entries_(arena_) {}

    void compare(key_record const& now) {
        if (auto const known = log_.find(now.id); known && known->after) return compare(*known, now);
        auto const same_name = log_.find(now.child, now.constraint_name);
        if (!same_name) {
            log_.require_beginning();
            return add("added", {}, now);
        }
        if (same_name->after) return compare_by_name(*same_name, now);
        // Dropped by this transaction: it is made anew.
        if (same_name->change == "dropped" && same_name->before && same_name->transaction == transaction_) {
            log_.take_back(*same_name);
            return add("rebuilt", print(*same_name->before), now);
        }
        add("added", {}, now);
    }

    void compare_known(key_record const& now) {
        if (auto const known = log_.find(now.id); known && known->after) compare(*known, now);
    }

    void drop(Oid constraint, text child, text name) {
        auto known = log_.find(constraint);
        if ((!known || !known->after) && !child.empty()) known = log_.find(child, name);
        // A name alone is good enough for what was recorded in another database.
        if (!known) log_.require_beginning();
        if (!known || !known->after || (known->constraint != constraint && known->constraint != model::no_oid)) return;
        entries_.push_back({.change = "dropped",
                            .child = known->child,
                            .constraint_name = known->constraint_name,
                            .before = print(*known->after),
                            .command = command_,
                            .constraint = constraint});
    }

    void write() const { log_.append({entries_.data(), entries_.size()}); }

private:
    text print(pg::spi::jsonb value) { return pg::spi::print(arena_, value); }

    key_record read(logged_key const& known) {
        auto const list = pg::spi::parse_json(arena_, arena_.concat('[', print(*known.after), ']'));
        auto record = read_records(current_, list)[0];
        record.bypassed = known.bypassed;
        return record;
    }

    void compare(logged_key const& known, key_record const& now) {
        auto const before = read(known);
        auto const change = audit::name_change(before, now);
        if (change.empty()) return;
        if (known.child != now.child || known.constraint_name != now.constraint_name)
            entries_.push_back({.child = known.child, .constraint_name = known.constraint_name, .command = command_});
        add(change, before.whole, now);
    }

    void compare_by_name(logged_key const& known, key_record const& now) {
        if (known.constraint == model::no_oid) {
            auto const before = read(known);
            return add(audit::name_change(before, now), before.whole, now);
        }
        bool const is_there =
            pg::guarded([&] { return SearchSysCacheExists1(CONSTROID, ObjectIdGetDatum(known.constraint)); });
        if (is_there)
            add("added", {}, now);
        else
            add("rebuilt", print(*known.after), now);
    }

    void add(text change, text before, key_record const& now) {
        entries_.push_back({change, now.child, now.constraint_name, change.empty() ? text() : before, now.whole,
                            command_, now.id, now.bypassed});
    }

    pg::call& current_;
    model::arena& arena_;
    history_log const& log_;
    text command_;
    std::int64_t const transaction_ = static_cast<std::int64_t>(U64FromFullTransactionId(GetTopFullTransactionId()));
    model::vector<log_entry> entries_;
};

std::span<model::oid const> as_span(model::arena& arena, List* items) {
    auto const ids = arena.array<model::oid>(static_cast<std::size_t>(list_length(items)));
    for (std::size_t number = 0; number < ids.size(); ++number)
        ids[number] = list_nth_oid(items, static_cast<int>(number));
    return ids;
}

void add_keys_with_inheritors(Oid relation, catalog::key_lists& keys) {
    ListCell* cell;
    foreach (cell, pg::with_inheritors(relation)) catalog::add_keys_of_table(lfirst_oid(cell), keys);
}

catalog::key_lists ask_for_keys(model::arena& arena) {
    catalog::key_lists keys;
    auto const tables = select<row<model::oid>>(arena, commanded_tables);
    pg::guarded([&] {
        for (auto const& [table] : tables) add_keys_with_inheritors(table, keys);
    });
    keys.derived = nullptr;
    return keys;
}

std::span<key_record const> load_records(pg::call& current, std::span<model::oid const> keys) {
    return current_records(current, catalog::load(current, {.keys = keys, .definitions = false, .types = true}));
}

}  // namespace

touched_keys find_touched_keys(FunctionCallInfo call) {
    pg::require_event_trigger(call);
    if (pg::is_create_table(call) && !pg::may_have_made_constraint()) return {.is_known = true};
    auto const subject = pg::find_subject(call);
    touched_keys touched{.is_known = subject.is_known, .subject = subject.relation};
    if (subject.is_new && OidIsValid(subject.relation))
        catalog::add_keys_of_child(subject.relation, touched.keys);
    else
        add_keys_with_inheritors(subject.relation, touched.keys);
    add_keys_with_inheritors(subject.partition, touched.keys);
    if (!subject.may_merge) touched.keys.derived = nullptr;
    return touched;
}

touched_keys find_dropped_keys(FunctionCallInfo call) {
    pg::require_event_trigger(call);
    touched_keys touched;
    if (!pg::may_have_dropped_key()) return touched;
    ListCell* cell;
    foreach (cell, pg::find_dropped(ConstraintRelationId))
        if (catalog::was_key(lfirst_oid(cell)))
            touched.keys.declared = lappend_oid(touched.keys.declared, lfirst_oid(cell));
    if (touched.keys.declared == nullptr) return touched;
    auto const subject = pg::find_subject(call);
    touched.is_known = subject.is_known;
    touched.subject = subject.relation;
    return touched;
}

Datum record_changed_keys(pg::call& current, touched_keys const& touched) {
    record(current, [&] {
        auto& arena = current.arena();
        auto const keys = touched.is_known ? touched.keys : ask_for_keys(arena);
        if (keys.declared == nullptr) return;
        auto const records = load_records(current, as_span(arena, keys.declared));
        if (records.empty()) return;
        history_log const log(current, history_log::locking::at_once);
        recorder changes(current, log, describe_command(current, touched.subject, commanded_name));
        // A partition's own key that has become a part of its parent's.
        for (auto const constraint : as_span(arena, keys.derived)) changes.drop(constraint, {}, {});
        for (auto const& one : records) changes.compare(one);
        changes.write();
    });
    return Datum{0};
}

Datum record_dropped_keys(pg::call& current, touched_keys const& touched) {
    record(current, [&] {
        auto& arena = current.arena();
        using columns = row<model::oid, model::identifier, model::identifier, text>;
        auto const dropped = select<columns>(arena, dropped_keys, as_span(arena, touched.keys.declared));
        history_log const log(current, history_log::locking::at_once);
        recorder changes(current, log, describe_command(current, touched.subject, dropped_names));
        for (auto const& [constraint, schema, table, name] : dropped)
            changes.drop(constraint, arena.concat(schema.quoted, '.', table.quoted), name);
        // A key that was bypassed on a partition is not any more, when the partition is gone.
        if (std::get<0>(select<row<bool>>(arena, dropped_key_triggers)[0]))
            if (auto const bypassed = log.ever_bypassed(); !bypassed.empty())
                for (auto const& one : load_records(current, bypassed)) changes.compare_known(one);
        changes.write();
    });
    return Datum{0};
}

}  // namespace fkaudit::entry
