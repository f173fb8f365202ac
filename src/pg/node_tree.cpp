#include "src/pg/node_tree.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::pg {

namespace {

using model::expression;

expression read(model::arena& arena, Node* node);

std::span<expression const> read_list(model::arena& arena, List* list) {
    auto const items = arena.array<expression>(static_cast<std::size_t>(list_length(list)));
    ListCell* cell = nullptr;
    std::size_t number = 0;
    foreach (cell, list) items[number++] = read(arena, static_cast<Node*>(lfirst(cell)));
    return items;
}

std::span<expression const> read_argument(model::arena& arena, void* node) {
    auto const items = arena.array<expression>(1);
    items[0] = read(arena, static_cast<Node*>(node));
    return items;
}

expression read_constant(model::arena& arena, Const const& node) {
    expression constant{.kind = expression::form::constant, .is_null = node.constisnull};
    if (!node.constisnull) {
        Oid output = InvalidOid;
        bool is_varlena = false;
        getTypeOutputInfo(node.consttype, &output, &is_varlena);
        constant.text = arena.copy(std::string_view(OidOutputFunctionCall(output, node.constvalue)));
    }
    return constant;
}

/// A damaged catalog can name no function.
bool is_strict_function(Oid function) {
    HeapTuple const tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) return false;
    bool const strict = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proisstrict;
    ReleaseSysCache(tuple);
    return strict;
}

expression read_cast(model::arena& arena, void* argument, expression::conversion how, Oid function = InvalidOid) {
    return {.kind = expression::form::cast,
            .how = how,
            .is_strict = how != expression::conversion::function || is_strict_function(function),
            .function = function,
            .arguments = read_argument(arena, argument)};
}

expression read_bool(model::arena& arena, BoolExpr const& node) {
    expression result{.arguments = read_list(arena, node.args)};
    switch (node.boolop) {
        case AND_EXPR: result.kind = expression::form::all_of; break;
        case OR_EXPR: result.kind = expression::form::any_of; break;
        case NOT_EXPR: result.kind = expression::form::negation; break;
    }
    return result;
}

expression read_shape(model::arena& arena, Node* node) {
    switch (nodeTag(node)) {
        case T_Var: {
            auto const& var = *reinterpret_cast<Var*>(node);
            return {.kind = expression::form::column, .column = var.varattno};
        }
        case T_CoerceToDomainValue: return {.kind = expression::form::value};
        case T_Const: return read_constant(arena, *reinterpret_cast<Const*>(node));
        case T_RelabelType:
            return read_cast(arena, reinterpret_cast<RelabelType*>(node)->arg, expression::conversion::relabel);
        case T_CoerceViaIO:
            return read_cast(arena, reinterpret_cast<CoerceViaIO*>(node)->arg, expression::conversion::text);
        case T_FuncExpr: {
            auto const& call = *reinterpret_cast<FuncExpr*>(node);
            if ((call.funcformat == COERCE_EXPLICIT_CAST || call.funcformat == COERCE_IMPLICIT_CAST) &&
                list_length(call.args) >= 1)
                return read_cast(arena, linitial(call.args), expression::conversion::function, call.funcid);
            return {.kind = expression::form::function_call,
                    .is_strict = is_strict_function(call.funcid),
                    .type = call.funcresulttype,
                    .function = call.funcid,
                    .arguments = read_list(arena, call.args)};
        }
        case T_CoerceToDomain:
            return read_cast(arena, reinterpret_cast<CoerceToDomain*>(node)->arg, expression::conversion::domain);
        case T_CollateExpr:
            return {.kind = expression::form::collate,
                    .arguments = read_argument(arena, reinterpret_cast<CollateExpr*>(node)->arg)};
        case T_NullTest: {
            auto const& test = *reinterpret_cast<NullTest*>(node);
            if (test.argisrow) return {};
            return {.kind = expression::form::null_test,
                    .negated = test.nulltesttype == IS_NOT_NULL,
                    .arguments = read_argument(arena, test.arg)};
        }
        case T_BoolExpr: return read_bool(arena, *reinterpret_cast<BoolExpr*>(node));
        case T_OpExpr: {
            auto const& call = *reinterpret_cast<OpExpr*>(node);
            return {.kind = expression::form::operator_call,
                    .is_strict = is_strict_function(get_opcode(call.opno)),
                    .function = call.opno,
                    .arguments = read_list(arena, call.args)};
        }
        default: return {};
    }
}

expression read(model::arena& arena, Node* node) {
    if (node == nullptr) return {};
    check_stack_depth();
    // An implicit AND of an index predicate or a list of its conjuncts.
    if (IsA(node, List))
        return {.kind = expression::form::all_of, .arguments = read_list(arena, reinterpret_cast<List*>(node))};
    auto result = read_shape(arena, node);
    result.type = exprType(node);
    result.modifier = exprTypmod(node);
    result.collation = exprCollation(node);
    return result;
}

Node* parse(std::string_view tree) { return static_cast<Node*>(stringToNode(pnstrdup(tree.data(), tree.size()))); }

}  // namespace

model::expression const* read_expression(model::arena& arena, std::string_view tree) {
    auto const place = arena.array<expression>(1);
    place[0] = read(arena, parse(tree));
    return place.data();
}

std::span<model::expression const> read_expressions(model::arena& arena, std::string_view tree) {
    auto* const node = parse(tree);
    if (node != nullptr && IsA(node, List)) return read_list(arena, reinterpret_cast<List*>(node));
    return {read_expression(arena, tree), 1};
}

}  // namespace fkaudit::pg
