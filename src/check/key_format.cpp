#include "src/check/key_format.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using model::oid;

/// What a built-in equality function compares.
struct comparison {
    oid function;
    enum class kind : char { integers, fixed, bytes, blank_padded, numerics, reals, doubles, intervals } of;
};

constexpr comparison comparisons[] = {
    {F_INT2EQ, comparison::kind::integers},       {F_INT4EQ, comparison::kind::integers},
    {F_INT8EQ, comparison::kind::integers},       {F_INT24EQ, comparison::kind::integers},
    {F_INT42EQ, comparison::kind::integers},      {F_INT28EQ, comparison::kind::integers},
    {F_INT82EQ, comparison::kind::integers},      {F_INT48EQ, comparison::kind::integers},
    {F_INT84EQ, comparison::kind::integers},      {F_OIDEQ, comparison::kind::integers},
    {F_BOOLEQ, comparison::kind::integers},       {F_CHAREQ, comparison::kind::integers},
    {F_DATE_EQ, comparison::kind::integers},      {F_TIME_EQ, comparison::kind::integers},
    {F_TIMESTAMP_EQ, comparison::kind::integers}, {F_TIMESTAMPTZ_EQ, comparison::kind::integers},
    {F_CASH_EQ, comparison::kind::integers},      {F_ENUM_EQ, comparison::kind::integers},
    {F_XID8EQ, comparison::kind::integers},       {F_PG_LSN_EQ, comparison::kind::integers},
    {F_MACADDR8_EQ, comparison::kind::integers},  {F_MACADDR_EQ, comparison::kind::fixed},
    {F_UUID_EQ, comparison::kind::fixed},         {F_TEXTEQ, comparison::kind::bytes},
    {F_NAMEEQ, comparison::kind::bytes},          {F_NAMEEQTEXT, comparison::kind::bytes},
    {F_TEXTEQNAME, comparison::kind::bytes},      {F_BYTEAEQ, comparison::kind::bytes},
    {F_BPCHAREQ, comparison::kind::blank_padded}, {F_TIMETZ_EQ, comparison::kind::fixed},
    {F_TIDEQ, comparison::kind::fixed},           {F_NETWORK_EQ, comparison::kind::bytes},
    {F_BITEQ, comparison::kind::bytes},           {F_VARBITEQ, comparison::kind::bytes},
    {F_NUMERIC_EQ, comparison::kind::numerics},   {F_FLOAT4EQ, comparison::kind::reals},
    {F_FLOAT8EQ, comparison::kind::doubles},      {F_FLOAT48EQ, comparison::kind::doubles},
    {F_FLOAT84EQ, comparison::kind::doubles},     {F_INTERVAL_EQ, comparison::kind::intervals},
};

comparison const* find_comparison(oid function) {
    auto const* const found = std::find_if(std::begin(comparisons), std::end(comparisons),
                                           [&](comparison const& one) { return one.function == function; });
    return found == std::end(comparisons) ? nullptr : found;
}

/// The comparison's operand of this type is the column's value as it is stored: no function converts it.
bool is_stored_as(oid column_type, oid operand) {
    if (column_type == operand) return true;
    if (operand == ANYENUMOID) return type_is_enum(column_type);
    Oid function = InvalidOid;
    return find_coercion_pathway(operand, column_type, COERCION_IMPLICIT, &function) == COERCION_PATH_RELABELTYPE;
}

/// A built-in cast makes the operand of an integer, which reading it does, too.
bool is_widened_to(oid column_type, oid operand) {
    bool const is_integer = column_type == INT2OID || column_type == INT4OID || column_type == INT8OID;
    return is_integer && (operand == NUMERICOID || operand == FLOAT8OID);
}

bool is_deterministic(oid collation) { return collation == model::no_oid || get_collation_isdeterministic(collation); }

column_format read_format(oid type, comparison const& by) {
    auto const width = get_typlen(type);
    bool const is_real = type == FLOAT4OID, is_double = type == FLOAT8OID;
    switch (by.of) {
        case comparison::kind::integers: return {storage::integer, width};
        case comparison::kind::fixed: return {storage::fixed, width};
        case comparison::kind::intervals: return {storage::fixed, width, rewriting::interval};
        case comparison::kind::numerics:
            if (type == NUMERICOID) return {storage::varlena, 0, rewriting::numeric};
            return {storage::integer, width, rewriting::integer_to_numeric};
        case comparison::kind::reals: return {storage::integer, width, rewriting::real};
        case comparison::kind::doubles:
            return {storage::integer, width,
                    is_double ? rewriting::double_precision
                    : is_real ? rewriting::real_to_double
                              : rewriting::integer_to_double};
        case comparison::kind::bytes:
        case comparison::kind::blank_padded: break;
    }
    if (type == NAMEOID) return {storage::name, 0};
    return {storage::varlena, 0, by.of == comparison::kind::blank_padded ? rewriting::strip_blanks : rewriting::none};
}

/// How GROUP BY compares the type, where that is byte by byte.
comparison const* find_grouping(oid type) {
    auto const* const entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
    return OidIsValid(entry->eq_opr) ? find_comparison(get_opcode(entry->eq_opr)) : nullptr;
}

struct formats {
    column_format parent, child, group;
};

std::optional<formats> find_formats(model::constraint const& key, std::size_t position) {
    auto const& parent = key.parent_column(position);
    auto const& child = key.child_column(position);
    if (parent.generated == 'v' || child.generated == 'v') return std::nullopt;
    auto const* const by = find_comparison(get_opcode(key.operators[position]));
    if (by == nullptr || !is_deterministic(parent.collation) || !is_deterministic(child.collation)) return std::nullopt;

    Oid left = InvalidOid, right = InvalidOid;
    op_input_types(key.operators[position], &left, &right);
    oid const parent_type = getBaseType(parent.type), child_type = getBaseType(child.type);
    if (!is_stored_as(parent_type, left)) return std::nullopt;
    if (!is_stored_as(child_type, right) && !is_widened_to(child_type, right)) return std::nullopt;
    auto const* const grouping = find_grouping(child_type);
    if (grouping == nullptr || find_grouping(parent_type) == nullptr) return std::nullopt;
    return formats{read_format(parent_type, *by), read_format(child_type, *by), read_format(child_type, *grouping)};
}

/// Gives each integer its bits, the wider side deciding; false: they do not fit two words.
bool lay_out(key_format& format, std::span<keys::field> fields) {
    unsigned used[2] = {0, 0};
    for (std::size_t position = 0; position < fields.size(); ++position) {
        if (!format.child[position].is_packed_as_integer()) return false;
        auto const bits =
            8U * static_cast<unsigned>(std::max(format.parent[position].width, format.child[position].width));
        unsigned const word = used[0] + bits <= 64 ? 0 : 1;
        if (used[word] + bits > 64) return false;
        fields[position] = {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(used[word]),
                            static_cast<std::uint8_t>(bits)};
        used[word] += bits;
    }
    format.form = used[1] == 0 ? key_form::word : key_form::pair;
    return true;
}

void choose_form(key_format& format, model::arena& arena) {
    auto const& first = format.child.front();
    format.form = key_form::text;
    if (format.child.size() == 1 && first.is_packed_as_integer()) {
        format.form = key_form::word;
        format.fields = arena.array<keys::field>(1);
        return;
    }
    if (format.child.size() == 1 && first.how == storage::fixed && first.width == sizeof(keys::pair)) {
        format.form = key_form::pair;
        return;
    }
    auto const fields = arena.array<keys::field>(format.child.size());
    if (lay_out(format, fields)) format.fields = fields;
}

}  // namespace

bool is_shown_by_builtins(oid type) {
    oid const base = getBaseType(type);
    if (base < FirstNormalObjectId) return true;
    constexpr Oid targets[] = {JSONOID, JSONBOID};
    bool const is_cast = std::any_of(std::begin(targets), std::end(targets), [&](Oid target) {
        Oid function = InvalidOid;
        return find_coercion_pathway(target, base, COERCION_EXPLICIT, &function) == COERCION_PATH_FUNC;
    });
    if (is_cast) return false;
    if (auto const element = get_element_type(base); OidIsValid(element)) return is_shown_by_builtins(element);
    switch (get_typtype(base)) {
        case TYPTYPE_ENUM: return true;
        case TYPTYPE_RANGE: return is_shown_by_builtins(get_range_subtype(base));
        case TYPTYPE_COMPOSITE: break;
        default: return false;
    }
    auto const fields = lookup_rowtype_tupdesc(base, -1);
    bool is_built_in = true;
    for (int number = 0; number < fields->natts; ++number) {
        auto const* const one = TupleDescAttr(fields, number);
        is_built_in = is_built_in && (one->attisdropped || is_shown_by_builtins(one->atttypid));
    }
    ReleaseTupleDesc(fields);
    return is_built_in;
}

std::optional<key_format> find_key_format(model::arena& arena, model::constraint const& key) {
    auto const count = key.child_columns.size();
    auto const parent = arena.array<column_format>(count), child = arena.array<column_format>(count),
               groups = arena.array<column_format>(count);
    bool const is_known = !key.is_temporal && pg::guarded([&] {
        for (std::size_t position = 0; position < count; ++position) {
            auto const found = find_formats(key, position);
            if (!found) return false;
            parent[position] = found->parent;
            child[position] = found->child;
            groups[position] = found->group;
        }
        return true;
    });
    if (!is_known) return std::nullopt;
    key_format format{key_form::text, parent, child, groups, {}};
    choose_form(format, arena);
    return format;
}

}  // namespace fkaudit::check
