#include "src/entry/snapshot_document.hpp"

#include <algorithm>

#include "src/catalog/loader.hpp"
#include "src/entry/this_server.hpp"
#include "src/model/json.hpp"

namespace fkaudit::entry {

namespace {

using audit::snapshot_attribute;
using audit::snapshot_attributes;
using pg::spi::jsonb;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

/// Child, name, whether child and parent exist here, and the attributes in their order.
using state_columns = row<text, text, bool, bool, text, text, text, text, text, text, text, text, text, text, text,
                          text, text, text, text>;
constexpr std::size_t columns_before_attributes = 4;
static_assert(std::tuple_size_v<state_columns> == columns_before_attributes + snapshot_attributes.size());

bool is_list(snapshot_attribute const& one) {
    return one.value == snapshot_attribute::form::names || one.value == snapshot_attribute::form::texts;
}

/// What jsonb_typeof() says of the member.
text json_type(snapshot_attribute const& one) {
    if (is_list(one)) return "array";
    return one.value == snapshot_attribute::form::flag ? "boolean" : "string";
}

/// The first thing in the document that does not fit, in words; none: it is one of fk_snapshot()'s.
constexpr char const* document_fault = R"(
SELECT CASE WHEN jsonb_typeof($1) <> 'object' THEN 'It is no JSON object.'
            WHEN jsonb_typeof($1 -> 'foreign_keys') IS DISTINCT FROM 'array' THEN 'It has no array "foreign_keys".'
            WHEN $1 -> 'version' IS DISTINCT FROM '1' THEN 'Its "version" is not 1: another release of fkaudit made it.'
            WHEN jsonb_typeof($1 -> 'schemas') IS DISTINCT FROM 'null'
                 AND (jsonb_typeof($1 -> 'schemas') IS DISTINCT FROM 'array'
                      OR jsonb_path_exists($1, 'strict $.schemas[*] ? (@.type() <> "string")'))
            THEN 'Its "schemas" is neither null nor an array of names.'
            ELSE '' END)";

/// The members that each foreign key must have: name, JSON type.
text member_fault_query(model::arena& arena) {
    auto const members = arena.join(snapshot_attributes, ", ", [&](snapshot_attribute const& one) {
        return arena.concat("('", one.name, "', '", json_type(one), "')");
    });
    return arena.concat(
        "SELECT format('\"foreign_keys\" number %s has no %s \"%s\".', k.number, replace(m.type, 'array', 'array of strings'), m.name)"
        " FROM jsonb_array_elements($1 -> 'foreign_keys') WITH ORDINALITY k(value, number)"
        " CROSS JOIN (VALUES ('child', 'string'), ('constraint_name', 'string'), ",
        members,
        ") m(name, type)"
        " WHERE jsonb_typeof(k.value -> m.name) IS DISTINCT FROM m.type"
        " OR m.type = 'array' AND jsonb_path_exists(k.value -> m.name, 'strict $[*] ? (@.type() <> \"string\")')"
        " ORDER BY k.number LIMIT 1");
}

text attribute_expression(model::arena& arena, snapshot_attribute const& one) {
    if (!is_list(one)) return arena.concat("k.value ->> '", one.name, "'");
    bool const is_quoted = one.value == snapshot_attribute::form::names;
    return arena.concat("(SELECT coalesce(string_agg(", is_quoted ? "quote_ident(i.item)" : "i.item",
                        ", ', ' ORDER BY i.place), '') FROM jsonb_array_elements_text(k.value -> '", one.name,
                        "') WITH ORDINALITY i(item, place))");
}

text state_query(model::arena& arena) {
    auto const attributes = arena.join(snapshot_attributes, ", ",
                                       [&](snapshot_attribute const& one) { return attribute_expression(arena, one); });
    return arena.concat(
        "WITH tables AS (SELECT quote_ident(n.nspname) || '.' || quote_ident(r.relname) AS name"
        " FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.relkind IN ('r', 'p', 'f'))"
        " SELECT k.value ->> 'child', k.value ->> 'constraint_name',"
        " k.value ->> 'child' IN (SELECT name FROM tables), k.value ->> 'parent' IN (SELECT name FROM tables), ",
        attributes, " FROM jsonb_array_elements($1 -> 'foreign_keys') k(value)");
}

[[noreturn]] void refuse(text fault) {
    throw model::error{"22023", "baseline is not what fk_snapshot() returns", fault,
                       "Store the result of SELECT fk_snapshot() and pass it unchanged."};
}

template <std::size_t... Place>
audit::key_state make_state(state_columns const& columns, std::index_sequence<Place...>) {
    return {.child = std::get<0>(columns),
            .constraint_name = std::get<1>(columns),
            .values = {std::get<columns_before_attributes + Place>(columns)...},
            .child_exists = std::get<2>(columns),
            .parent_exists = std::get<3>(columns)};
}

}  // namespace

jsonb take_snapshot(pg::call& current, std::optional<std::span<text const>> schemas) {
    auto& arena = current.arena();
    auto const database = catalog::load(current, {});
    model::vector<model::constraint const*> keys(arena);
    for (auto const& key : database.constraints) {
        if (key.child->persistence == 't') continue;
        if (!schemas || std::find(schemas->begin(), schemas->end(), key.child->schema.name) != schemas->end())
            keys.push_back(&key);
    }

    auto const scope =
        !schemas
            ? text("null")
            : arena.concat('[', arena.join(*schemas, ", ", [&](text one) { return json_string(arena, one); }), ']');
    auto const foreign_keys = audit::write_snapshot(arena, database, {keys.data(), keys.size()}, this_server);
    return pg::spi::parse_json(
        arena, arena.concat("{\"version\": 1, \"schemas\": ", scope, ", \"foreign_keys\": ", foreign_keys, '}'));
}

std::span<audit::key_state const> read_snapshot(pg::call& current, jsonb document) {
    auto& arena = current.arena();
    if (auto const fault = std::get<0>(select<row<text>>(arena, document_fault, document)[0]); !fault.empty())
        refuse(fault);
    auto const faults = select<row<text>>(arena, arena.c_string(member_fault_query(arena)), document);
    if (!faults.empty()) refuse(std::get<0>(faults[0]));

    auto const rows = select<state_columns>(arena, arena.c_string(state_query(arena)), document);
    auto const states = arena.array<audit::key_state>(rows.size());
    std::transform(rows.begin(), rows.end(), states.begin(), [](state_columns const& one) {
        return make_state(one, std::make_index_sequence<snapshot_attributes.size()>());
    });
    return states;
}

std::optional<std::span<text const>> snapshot_schemas(pg::call& current, jsonb document) {
    auto& arena = current.arena();
    auto const rows = select<row<std::optional<text>>>(
        arena,
        "SELECT NULL WHERE $1 -> 'schemas' = 'null'"
        " UNION ALL SELECT s FROM jsonb_array_elements_text(nullif($1 -> 'schemas', 'null')) s",
        document);
    if (rows.size() == 1 && !std::get<0>(rows[0])) return std::nullopt;
    auto const names = arena.array<text>(rows.size());
    std::transform(rows.begin(), rows.end(), names.begin(), [](auto const& one) { return *std::get<0>(one); });
    return names;
}

}  // namespace fkaudit::entry
