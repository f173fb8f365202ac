#include "src/entry/suppressions.hpp"

#include "src/audit/registry.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;
using pg::spi::row;
template <class T>
using maybe = std::optional<T>;

/// What fk_suppress and fk_unsuppress are told first.
struct subject {
    text rule{};
    text child{};
    text constraint_name{};
};

subject read_subject(pg::call& current) {
    auto const rule = current.text_argument(0);
    auto const child = current.oid_argument(1);
    auto const name = current.name_argument(2);
    for (auto const& [is_null, what] :
         {std::pair<bool, text>{!rule, "rule"}, {!child, "child"}, {!name, "constraint_name"}})
        if (is_null)
            throw model::error{"22004",
                               current.arena().concat(what, " must not be null"),
                               {},
                               "A suppression is about one rule and one foreign key."};
    if (audit::find_rule(*rule) == nullptr)
        throw model::error{"22023",
                           current.arena().concat("rule \"", *rule, "\" does not exist"),
                           {},
                           "SELECT rule FROM fk_rules lists the rules."};
    return {*rule, {}, *name};
}

}  // namespace

std::span<audit::suppression const> load_suppressions(pg::call& current) {
    auto& arena = current.arena();
    auto const query = arena.concat(
        "SELECT s.rule, s.child, s.constraint_name::text, s.reason, to_char(s.expires, 'YYYY-MM-DD'),"
        " coalesce(s.expires < current_date, false) FROM ",
        catalog::extension_schema(current), ".fk_suppressions s ORDER BY s.rule, s.child, s.constraint_name");
    auto const rows = pg::spi::select<row<text, text, text, text, maybe<text>, bool>>(arena, arena.c_string(query));
    auto const found = arena.array<audit::suppression>(rows.size());
    for (std::size_t number = 0; number < found.size(); ++number) {
        auto& one = found[number];
        maybe<text> expires;
        std::tie(one.rule, one.child, one.constraint_name, one.reason, expires, one.is_expired) = rows[number];
        one.expires = expires.value_or(text());
    }
    return found;
}

Datum suppress(pg::call& current) {
    auto& arena = current.arena();
    auto about = read_subject(current);
    auto const database = catalog::load_scope(current, 1);
    if (database.constraints.empty())
        throw model::error{"55000",
                           arena.concat("foreign key constraint \"", about.constraint_name, "\" cannot be suppressed"),
                           "Its catalog entry is damaged.", "fk_check() says what is wrong with it."};
    about.child = database.constraints[0].child->qualified;
    about.constraint_name = database.constraints[0].name.name;
    auto const reason = current.text_argument(3);
    if (!reason || reason->find_first_not_of(" \t\r\n") == text::npos)
        throw model::error{"22023",
                           "a suppression needs a reason",
                           {},
                           "Say why the finding is accepted: whoever reads it next wants to know."};
    pg::spi::run(arena.c_string("INSERT INTO ", catalog::extension_schema(current),
                                ".fk_suppressions AS s (rule, child, constraint_name, reason, expires)"
                                " VALUES ($1, $2, $3, $4, $5)"
                                " ON CONFLICT (rule, child, constraint_name) DO UPDATE"
                                " SET (reason, expires, by_user, created_at) ="
                                " (excluded.reason, excluded.expires, excluded.by_user,"
                                " excluded.created_at)"),
                 about.rule, about.child, about.constraint_name, *reason, current.date_argument(4));
    return Datum{0};
}

Datum unsuppress(pg::call& current) {
    auto& arena = current.arena();
    auto const about = read_subject(current);
    auto const statement =
        arena.c_string("DELETE FROM ", catalog::extension_schema(current),
                       ".fk_suppressions s WHERE s.rule = $1 AND s.child = $2 AND s.constraint_name = $3");
    // The key may be gone, or its name: what is stored decides. fk_suppress stores the table that declares the key, which
    // a partition has above itself.
    auto const child = catalog::qualified_name(current, *current.oid_argument(1));
    if (pg::spi::run(statement, about.rule, child, about.constraint_name) > 0) return BoolGetDatum(true);
    auto const above = pg::spi::select<row<model::identifier, model::identifier>>(
        arena,
        "SELECT n.nspname, r.relname FROM pg_partition_ancestors($1) WITH ORDINALITY a(id, level)"
        " JOIN pg_class r ON r.oid = a.id JOIN pg_namespace n ON n.oid = r.relnamespace ORDER BY a.level",
        *current.oid_argument(1));
    for (auto const& [schema, name] : above)
        if (pg::spi::run(statement, about.rule, arena.concat(schema.quoted, '.', name.quoted), about.constraint_name) >
            0)
            return BoolGetDatum(true);
    return BoolGetDatum(false);
}

}  // namespace fkaudit::entry
