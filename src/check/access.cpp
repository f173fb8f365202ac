#include "src/check/access.hpp"

#include "src/check/locks.hpp"
#include "src/check/trust.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using model::constraint;
using model::oid;
using text = std::string_view;
using ids = std::span<oid const>;

struct rights {
    bool schema = false;
    bool table = false;
    bool columns = false;
};

/// has_schema_privilege and its like, without a query for each key. A table that is gone meanwhile is the locks' matter.
rights find_rights(oid user, model::relation const& table, std::span<std::int16_t const> columns) {
    return pg::guarded([&]() -> rights {
        Oid const schema = get_rel_namespace(table.id);
        if (!OidIsValid(schema)) return {true, true, true};
        rights found;
        found.schema = pg::may_use_schema(schema, user);
        found.table = pg_class_aclcheck(table.id, user, ACL_SELECT) == ACLCHECK_OK;
        found.columns = std::all_of(columns.begin(), columns.end(), [&](std::int16_t number) {
            bool is_missing = false;
            return pg_attribute_aclcheck_ext(table.id, number, user, ACL_SELECT, &is_missing) == ACLCHECK_OK ||
                   is_missing;
        });
        return found;
    });
}

refusal refuse_rights(pg::call& current, oid user, model::relation const& table,
                      std::span<std::int16_t const> columns) {
    auto const found = find_rights(user, table, columns);
    auto& arena = current.arena();
    if (!found.schema)
        return {reason::no_privilege,
                arena.concat("permission denied for schema ", table.schema.quoted, "; USAGE on it is needed")};
    if (!found.table && !found.columns)
        return {reason::no_privilege, arena.concat("permission denied for table ", table.qualified,
                                                   "; SELECT on the key's columns is needed")};
    return {};
}

oid current_user() {
    return pg::guarded([] { return GetUserId(); });
}

/// Whether a user may read the key's columns of both sides.
refusal refuse_reader(pg::call& current, oid user, constraint const& key) {
    if (auto const denied = refuse_rights(current, user, *key.child, key.child_columns)) return denied;
    return refuse_rights(current, user, *key.parent, key.parent_columns);
}

bool is_same_name(char const* stored, model::identifier const& loaded) {
    return stored != nullptr && loaded.name == stored;
}

/// Whether the table still has the names that the generated SQL uses, and the types that its operators are for.
bool is_same_table(model::relation const& table, std::span<std::int16_t const> columns) {
    if (!is_same_name(get_rel_name(table.id), table.name)) return false;
    if (!is_same_name(get_namespace_name(get_rel_namespace(table.id)), table.schema)) return false;
    return std::all_of(columns.begin(), columns.end(), [&](std::int16_t number) {
        auto const& loaded = *table.find_column(number);
        Oid type = InvalidOid, collation = InvalidOid;
        std::int32_t modifier = 0;
        if (!is_same_name(get_attname(table.id, number, true), loaded.name)) return false;
        get_atttypetypmodcoll(table.id, number, &type, &modifier, &collation);
        return type == loaded.type && collation == loaded.collation;
    });
}

bool is_same_key(constraint const& key) {
    if (key.id == model::no_oid) return true;
    HeapTuple const tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(key.id));
    if (!HeapTupleIsValid(tuple)) return false;
    auto const* const row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
    bool const same = row->conrelid == key.child->id && row->confrelid == key.parent->id;
    ReleaseSysCache(tuple);
    return same;
}

text quoted_name(model::arena& arena, oid role) {
    return pg::guarded([&] {
        char const* const name = GetUserNameFromId(role, true);
        return arena.copy(text(name == nullptr ? "?" : quote_identifier(name)));
    });
}

/// The owner as the catalog has it now: the model's is as old as the statement.
oid owner_of(oid table) {
    return pg::guarded([&] {
        HeapTuple const tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
        if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for relation %u", table);
        oid const owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
        ReleaseSysCache(tuple);
        return owner;
    });
}

/// Whether a user may read both sides of the key, all of their rows. A FORCEd policy binds no owner here: the key is
/// examined as PostgreSQL's own check reads it (SECURITY_NOFORCE_RLS).
refusal refuse_owner(pg::call& current, oid owner, constraint const& key) {
    if (auto const denied = refuse_reader(current, owner, key)) return denied;
    for (auto const* const table : {key.child, key.parent})
        if (owner_of(table->id) != owner &&
            pg::guarded([&] { return check_enable_rls(table->id, owner, true) == RLS_ENABLED; }))
            return {reason::row_security,
                    current.arena().concat("row security of ", table->qualified, " may hide rows")};
    return {};
}

using untrusted_code = std::span<untrusted_object const>;

bool are_owned_by(oid owner, ids tables) {
    return std::all_of(tables.begin(), tables.end(), [&](oid table) { return owner_of(table) == owner; });
}

/// Code that a table or a partition of another owner than the child's would run as `runner`, to whom it does not belong.
refusal refuse_others_code(pg::call& current, model::relation const& table, untrusted_code code,
                           untrusted_object::origin side, oid runner) {
    for (auto const& one : code)
        if (one.side == side && one.owner_id != runner)
            return {reason::unsupported, current.arena().concat("reading ", table.qualified, " could run code of user ",
                                                                quoted_name(current.arena(), one.owner_id), " (",
                                                                one.name, "), and the tables have different owners")};
    return {};
}

/// Those whose code may run: what the catalog says now can be told, not what others add while the key is examined.
ids list_owners(model::arena& arena, untrusted_code code, oid runner) {
    auto const owners = arena.array<oid>(code.size() + 1);
    owners[0] = runner;
    std::transform(code.begin(), code.end(), owners.begin() + 1,
                   [](untrusted_object const& one) { return one.owner_id; });
    return owners;
}

}  // namespace

refusal refuse_unlocked(pg::call& current, constraint const& key) {
    for (auto const* const table : {key.child, key.parent})
        if (table->is_other_temporary)
            return {reason::temporary_of_other_session,
                    current.arena().concat(table->qualified, " is a temporary table of another session")};
    return refuse_reader(current, current_user(), key);
}

std::span<std::int16_t const> primary_key(model::arena& arena, model::relation const& table) {
    for (auto const& index : table.indexes) {
        if (!index.is_primary) continue;
        auto const columns = arena.array<std::int16_t>(index.keys.size());
        std::transform(index.keys.begin(), index.keys.end(), columns.begin(),
                       [](model::index_key const& part) { return part.column; });
        return columns;
    }
    return {};
}

visible_columns find_visible_columns(pg::call& current, constraint const& key, identity const& who) {
    auto const columns = primary_key(current.arena(), *key.child);
    visible_columns visible{true, !columns.empty()};
    auto const restrict_to = [&](oid user) {
        auto const found = find_rights(user, *key.child, columns);
        visible.system_columns = visible.system_columns && found.table;
        visible.primary_key = visible.primary_key && (found.table || found.columns);
    };
    oid const caller = current_user();
    restrict_to(caller);
    if (who.user != model::no_oid && who.user != caller) restrict_to(who.user);
    return visible;
}

refusal refuse_locked(pg::call& current, constraint const& key, ids child_tables, ids parent_tables) {
    auto& arena = current.arena();
    auto const shown = primary_key(arena, *key.child);
    bool const is_same = !child_tables.empty() && !parent_tables.empty() && pg::guarded([&] {
        return is_same_key(key) && is_same_table(*key.child, key.child_columns) && is_same_table(*key.child, shown) &&
               is_same_table(*key.parent, key.parent_columns);
    });
    if (!is_same)
        return {reason::vanished,
                "the foreign key, one of its tables or of their columns was dropped, rebuilt or renamed meanwhile; run"
                " the check again"};

    for (auto const* const table : {key.child, key.parent})
        if (pg::guarded([&] { return check_enable_rls(table->id, InvalidOid, true) == RLS_ENABLED; }))
            return {reason::row_security,
                    arena.concat("row security of ", table->qualified, " may hide rows from this user")};

    for (auto const tables : {child_tables, parent_tables})
        for (oid const id : tables) {
            bool pending = false, unlogged = false;
            text name;
            pg::guarded([&] {
                pending = AfterTriggerPendingOnRel(id);
                unlogged = RecoveryInProgress() && get_rel_persistence(id) == RELPERSISTENCE_UNLOGGED;
                if (pending || unlogged)
                    name = arena.copy(
                        text(quote_qualified_identifier(get_namespace_name(get_rel_namespace(id)), get_rel_name(id))));
            });
            if (pending)
                return {reason::pending_deferred,
                        arena.concat("triggers of this transaction are still pending on ", name,
                                     "; SET CONSTRAINTS ALL IMMEDIATE or COMMIT runs them")};
            if (unlogged)
                return {reason::unlogged_on_standby,
                        arena.concat(name, " is unlogged, and this server is a standby: its rows are not here")};
        }

    if (is_newer_than_snapshot(current, *key.child, child_tables) ||
        is_newer_than_snapshot(current, *key.parent, parent_tables))
        return {reason::newer_than_snapshot,
                "one of the tables was rewritten, or gained or lost a partition, after this transaction took its"
                " snapshot; run the check in a new transaction"};
    return {};
}

refusal choose_identity(pg::call& current, constraint const& key, ids child_tables, ids parent_tables, identity& who) {
    auto& arena = current.arena();
    oid const caller = current_user();
    oid const owner = owner_of(key.child->id);
    bool const own_child = are_owned_by(owner, child_tables), own_parent = are_owned_by(owner, parent_tables);
    // The rights may have been revoked while the locks were waited for or other keys were read.
    if (auto const no = refuse_reader(current, caller, key)) return no;
    bool may_become_owner = false, caller_is_superuser = false, owner_is_superuser = false;
    pg::guarded([&] {
        caller_is_superuser = superuser_arg(caller);
        may_become_owner = caller_is_superuser || has_privs_of_role(caller, owner);
        owner_is_superuser = superuser_arg(owner);
    });

    bool const as_owner = may_become_owner && !owner_is_superuser;
    refusal const denied = as_owner ? refuse_owner(current, owner, key) : refusal{};
    if (as_owner && !denied) who = {owner, quoted_name(arena, owner)};
    // Whatever code there is, the owner has let it in.
    if (own_child && own_parent && (who.user != model::no_oid || !may_become_owner)) return {};

    bool const as_superuser = caller_is_superuser && who.user == model::no_oid;
    auto const code = find_untrusted_code(current, key, child_tables, parent_tables, as_superuser);
    oid const runner = as_owner ? owner : caller;
    using origin = untrusted_object::origin;
    if (!own_child)
        if (auto const no = refuse_others_code(current, *key.child, code, origin::child, runner)) return no;
    if (!own_parent)
        if (auto const no = refuse_others_code(current, *key.parent, code, origin::parent, runner)) return no;
    if (!may_become_owner) return {};
    if (code.empty() || who.user != model::no_oid) {
        who.trusted_owners = list_owners(arena, code, who.user == model::no_oid ? caller : who.user);
        return {};
    }

    auto const named = arena.concat(quoted_name(arena, code.front().owner_id), " (", code.front().name, ')');
    if (as_owner)
        return {denied.why, arena.concat("code of user ", named, " could run, so that the key must be examined as ",
                                         quoted_name(arena, owner), ", who owns the child: ", denied.detail)};
    return {reason::unsupported, arena.concat("code of user ", named, " would run with the rights of the superuser ",
                                              quoted_name(arena, owner), ", who owns the child")};
}

refusal refuse_error(model::arena& arena, identity const& who, int sqlstate, std::string_view message,
                     std::string_view detail) {
    auto const why = [&] {
        switch (sqlstate) {
            case ERRCODE_LOCK_NOT_AVAILABLE:
            case ERRCODE_T_R_DEADLOCK_DETECTED: return reason::lock_not_available;
            case ERRCODE_INSUFFICIENT_PRIVILEGE: return reason::no_privilege;
            case ERRCODE_FEATURE_NOT_SUPPORTED: return reason::unsupported;
            default: return reason::error;
        }
    }();
    // A deadlock's detail lists processes, of which nobody knows anything a moment later.
    bool const is_useful = !detail.empty() && sqlstate != ERRCODE_T_R_DEADLOCK_DETECTED;
    bool const as_owner = who.user != model::no_oid && why != reason::unsupported;
    auto const as = !as_owner ? text() : arena.concat("examined as ", who.name, ": ");
    return {why, arena.concat(as, message, is_useful ? ": " : "", is_useful ? detail : text())};
}

}  // namespace fkaudit::check
