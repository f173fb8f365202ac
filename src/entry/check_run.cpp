#include "src/entry/check_run.hpp"

#include "src/catalog/scope.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::entry {

namespace {

using check::verdict;
using model::oid;
using pg::spi::row;
using text = std::string_view;
template <class T>
using maybe = std::optional<T>;
using number = maybe<std::int64_t>;

/// Nobody but fk_check_all takes it: SQL has no way to.
LOCKTAG lock_tag(oid table, std::int64_t run) {
    LOCKTAG tag;
    SET_LOCKTAG_OBJECT(tag, MyDatabaseId, table, static_cast<Oid>(run), 0);
    return tag;
}

maybe<text> if_any(text value) { return value.empty() ? std::nullopt : maybe<text>(value); }

/// The table's name, or what is known of a table that is not there.
text name_of(pg::call& current, oid relation) {
    try {
        return catalog::qualified_name(current, relation);
    } catch (model::error const&) {
        return current.arena().concat(relation);
    }
}

}  // namespace

check_run::check_run(pg::call& current, pg::transactions& work)
    : current_(current),
      work_(work),
      schema_(catalog::extension_schema(current)),
      constraint_name_(current.name_argument(1)),
      done_(current.arena()) {
    auto& arena = current_.arena();
    if (auto const child = current_.oid_argument(0)) child_ = catalog::qualified_name(current_, *child);
    auto const names = std::pair(table("fk_check_run_records"), table("fk_check_results"));
    auto const [records, may_write] = pg::spi::select<row<oid, bool>>(
        arena,
        "SELECT t.records::oid, has_table_privilege(t.records, 'SELECT') AND has_table_privilege(t.records, 'INSERT')"
        " AND has_table_privilege(t.records, 'UPDATE') AND has_table_privilege(t.results, 'SELECT')"
        " AND has_table_privilege(t.results, 'INSERT')"
        " FROM (SELECT $1::regclass AS records, $2::regclass AS results) AS t",
        names.first, names.second)[0];
    records_ = records;
    if (!may_write)
        throw model::error{
            "42501", "permission denied to keep the results of fk_check_all()",
            "It writes into its tables with the caller's rights.",
            arena.concat("GRANT SELECT, INSERT, UPDATE ON ", names.first, ", ", names.second, " lets a role do so.")};
}

text check_run::table(text name) const { return current_.arena().concat(schema_, '.', name); }

void check_run::start() {
    auto& arena = current_.arena();
    auto const made = pg::spi::run_returning<row<std::int64_t>>(
        arena,
        arena.c_string("INSERT INTO ", table("fk_check_run_records"),
                       " (child, constraint_name) VALUES ($1, $2) RETURNING run_id"),
        child_, constraint_name_);
    id_ = std::get<0>(made[0]);
    (void)lock();
    work_.commit();
}

bool check_run::resume() {
    auto last = find_last();
    if (last && !last->is_finished) {
        id_ = last->id;
        if (!lock())
            throw model::error{"55006", current_.arena().concat("run ", id_, " of fk_check_all() is still under way"),
                               "Another session is at it.",
                               "Wait until fk_check_runs says that it has ended, or start a run of its own."};
        // It may have ended between the look and the lock.
        work_.commit();
        last = find_last();
        if (last && last->id == id_ && !last->is_finished) {
            set_state("running");
            load_done();
            return true;
        }
        unlock();
    }
    pg::guarded([] { ereport(NOTICE, (errmsg("there is no unfinished run to resume: a new one begins"))); });
    return false;
}

std::optional<check_run::last_run> check_run::find_last() const {
    auto& arena = current_.arena();
    auto const found = pg::spi::select<row<std::int64_t, bool>>(
        arena,
        arena.c_string("SELECT r.run_id, r.state = 'finished' FROM ", table("fk_check_run_records"),
                       " r WHERE r.child IS NOT DISTINCT FROM $1 AND r.constraint_name::text IS NOT DISTINCT FROM $2"
                       " ORDER BY r.run_id DESC LIMIT 1"),
        child_, constraint_name_);
    if (found.empty()) return std::nullopt;
    auto const& [id, is_finished] = found[0];
    return last_run{id, is_finished};
}

/// By OID and name: OIDs are of another database after pg_dump.
void check_run::load_done() {
    auto& arena = current_.arena();
    auto const query = arena.c_string("SELECT s.constraint_oid, s.constraint_name::text FROM ",
                                      table("fk_check_results"), " s WHERE s.run_id = $1 ORDER BY s.constraint_oid");
    for (auto const& [id, name] : pg::spi::select<row<oid, text>>(arena, query, id_)) done_.push_back({id, name});
    work_.commit();
}

bool check_run::is_done(model::constraint const& key) const {
    auto const found =
        std::lower_bound(done_.begin(), done_.end(), key.id, [](done_key const& one, oid id) { return one.id < id; });
    return found != done_.end() && found->id == key.id && found->name == key.name.name;
}

bool check_run::is_done(model::damaged_constraint const& key) const {
    model::constraint named;
    named.id = key.id;
    named.name = key.name;
    return is_done(named);
}

void check_run::store(model::arena& arena, verdict const& found) {
    auto const& key = *found.key;
    bool const is_examined = found.is_examined();
    auto const count = [&](number value) { return is_examined ? value : std::nullopt; };
    pg::spi::run(arena.c_string("INSERT INTO ", table("fk_check_results"),
                                " (run_id, child, constraint_name, verdict, orphan_rows, missing_keys, parent,"
                                " enforcement, reason, detail, rows_checked, mixed_null_rows, partial_null_rows,"
                                " engine, elapsed_ms, constraint_oid) VALUES"
                                " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"),
                 id_, key.child->qualified, key.name.name, summary(found), count(found.orphan_rows),
                 count(found.missing_keys), key.parent->qualified, to_text(found.enforcement.state),
                 if_any(to_text(found.why_not)), if_any(full_detail(arena, found)), count(found.rows_checked),
                 count(found.mixed_null_rows), count(found.partial_null_rows), if_any(found.engine),
                 is_examined ? maybe<double>(found.elapsed_ms) : std::nullopt, key.id);
}

void check_run::store_not_examined(model::constraint const& key, check::reason why, text detail) {
    auto& arena = current_.arena();
    pg::spi::run(arena.c_string("INSERT INTO ", table("fk_check_results"),
                                " (run_id, child, constraint_name, verdict, parent, reason, detail, constraint_oid)"
                                " VALUES ($1, $2, $3, 'not examined', $4, $5, $6, $7)"),
                 id_, key.child->qualified, key.name.name, key.parent->qualified, to_text(why), detail, key.id);
}

void check_run::store_damaged(model::damaged_constraint const& key) {
    auto& arena = current_.arena();
    model::relation child, parent;
    child.qualified = name_of(current_, key.child);
    parent.qualified = name_of(current_, key.parent);
    model::constraint named;
    named.id = key.id;
    named.name = key.name;
    named.child = &child;
    named.parent = &parent;
    store_not_examined(named, check::reason::error, arena.concat("its catalog entry is damaged: ", key.damage));
}

/// Its row may be gone: somebody has cleaned up.
void check_run::set_state(text state) {
    auto& arena = current_.arena();
    pg::spi::run(arena.c_string("UPDATE ", table("fk_check_run_records"),
                                " AS r SET state = $2, ended_at = CASE WHEN $2 <> 'running' THEN"
                                " clock_timestamp() END WHERE r.run_id = $1"),
                 id_, state);
}

void check_run::finish() {
    auto& arena = current_.arena();
    set_state("finished");
    work_.commit();
    auto const query = arena.c_string(
        "SELECT count(*), count(*) FILTER (WHERE s.verdict = 'violated'),"
        " count(*) FILTER (WHERE s.verdict = 'not examined') FROM ",
        table("fk_check_results"), " s WHERE s.run_id = $1");
    auto const [keys, violated, not_examined] =
        pg::spi::select<row<std::int64_t, std::int64_t, std::int64_t>>(arena, query, id_)[0];
    auto const sum = arena.c_string("run ", id_, " of fk_check_all() is finished: ", keys,
                                    keys == 1 ? " foreign key, " : " foreign keys, ", violated, " violated, ",
                                    not_examined, " not examined");
    pg::guarded([&] { ereport(NOTICE, (errmsg_internal("%s", sum))); });
    unlock();
}

void check_run::stop(bool is_cancelled) {
    set_state(is_cancelled ? "cancelled" : "failed");
    work_.commit();
    auto const said =
        current_.arena().c_string("run ", id_, " of fk_check_all() ", is_cancelled ? "was cancelled" : "failed");
    pg::guarded([&] {
        ereport(NOTICE, (errmsg_internal("%s", said), errdetail("The verdicts that it came to are kept."),
                         errhint("CALL fk_check_all() with the same arguments and resume => true to go on with it.")));
    });
}

bool check_run::lock() const {
    return pg::guarded([&] {
        auto const tag = lock_tag(records_, id_);
        return LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
    });
}

void check_run::unlock() const {
    pg::guarded([&] {
        auto const tag = lock_tag(records_, id_);
        (void)LockRelease(&tag, ExclusiveLock, true);
    });
}

}  // namespace fkaudit::entry
