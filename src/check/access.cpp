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
rights find_rights(model::relation const& table, std::span<std::int16_t const> columns) {
    return pg::guarded([&]() -> rights {
        Oid const user = GetUserId();
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

refusal refuse_rights(pg::call& current, model::relation const& table, std::span<std::int16_t const> columns) {
    auto const found = find_rights(table, columns);
    auto& arena = current.arena();
    if (!found.schema)
        return {reason::no_privilege,
                arena.concat("permission denied for schema ", table.schema.quoted, "; USAGE on it is needed")};
    if (!found.table && !found.columns)
        return {reason::no_privilege, arena.concat("permission denied for table ", table.qualified,
                                                   "; SELECT on the key's columns is needed")};
    return {};
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
    return pg::guarded([&] { return arena.copy(text(GetUserNameFromId(role, true) ?: "?")); });
}

}  // namespace

refusal refuse_unlocked(pg::call& current, constraint const& key) {
    for (auto const* const table : {key.child, key.parent})
        if (table->is_other_temporary)
            return {reason::temporary_of_other_session,
                    current.arena().concat(table->qualified, " is a temporary table of another session")};
    if (auto const denied = refuse_rights(current, *key.child, key.child_columns)) return denied;
    return refuse_rights(current, *key.parent, key.parent_columns);
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

visible_columns find_visible_columns(pg::call& current, constraint const& key) {
    auto const columns = primary_key(current.arena(), *key.child);
    auto const found = find_rights(*key.child, columns);
    return {found.table, !columns.empty() && (found.table || found.columns)};
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
                    arena.concat("row security of ", table->qualified, " would hide rows from this user")};

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
    auto const code = find_untrusted_code(current, key, child_tables, parent_tables);
    if (!code.exists()) return {};
    auto& arena = current.arena();

    if (code.of_parent && key.parent->owner != key.child->owner)
        return {reason::unsupported,
                arena.concat("reading ", key.parent->qualified, " could run the function ", code.of_parent->name,
                             " of user ", code.of_parent->owner, ", and the tables have different owners")};

    bool may_become_owner = false, owner_is_superuser = false;
    pg::guarded([&] {
        may_become_owner = superuser() || has_privs_of_role(GetUserId(), key.child->owner);
        owner_is_superuser = superuser_arg(key.child->owner);
    });
    if (!may_become_owner) return {};
    if (owner_is_superuser) {
        auto const& function = code.of_key ? *code.of_key : code.of_child ? *code.of_child : *code.of_parent;
        return {reason::unsupported, arena.concat("the function ", function.name, " of user ", function.owner,
                                                  " would run with the rights of the superuser ",
                                                  quoted_name(arena, key.child->owner), ", who owns the child")};
    }
    who.user = key.child->owner;
    for (auto const* const table : {key.child, key.parent})
        if (table->owner != who.user &&
            pg::guarded([&] { return check_enable_rls(table->id, who.user, true) == RLS_ENABLED; }))
            return {reason::row_security, arena.concat("row security of ", table->qualified,
                                                       " would hide rows from the child's owner, as whom the key must"
                                                       " be examined")};
    return {};
}

refusal refuse_error(model::arena& arena, int sqlstate, std::string_view message, std::string_view detail) {
    auto const why = [&] {
        switch (sqlstate) {
            case ERRCODE_LOCK_NOT_AVAILABLE:
            case ERRCODE_T_R_DEADLOCK_DETECTED: return reason::lock_not_available;
            case ERRCODE_INSUFFICIENT_PRIVILEGE: return reason::no_privilege;
            default: return reason::error;
        }
    }();
    // A deadlock's detail lists processes, of which nobody knows anything a moment later.
    bool const is_useful = !detail.empty() && sqlstate != ERRCODE_T_R_DEADLOCK_DETECTED;
    return {why, is_useful ? arena.concat(message, ": ", detail) : message};
}

}  // namespace fkaudit::check
