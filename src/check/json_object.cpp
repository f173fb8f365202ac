#include "src/check/json_object.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

json_object::json_object(model::arena& arena, MemoryContext context, model::relation const& table,
                         std::span<std::int16_t const> columns)
    : count_(columns.size()) {
    auto const names = arena.array<std::string_view>(count_);
    auto const types = arena.array<Oid>(count_);
    for (std::size_t position = 0; position < count_; ++position) {
        auto const& column = *table.find_column(columns[position]);
        names[position] = column.name.name;
        types[position] = column.type;
    }
    pg::guarded([&] {
        MemoryContext const before = MemoryContextSwitchTo(context);
        // The function asks for its arguments' types by the expression that it is called in.
        List* arguments = NIL;
        for (Oid const type : types) {
            arguments = lappend(arguments, makeNullConst(TEXTOID, -1, DEFAULT_COLLATION_OID));
            arguments = lappend(arguments, makeNullConst(type, -1, InvalidOid));
        }
        auto* const expression =
            makeFuncExpr(F_JSONB_BUILD_OBJECT_ANY, JSONBOID, arguments, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
        fmgr_info_cxt(F_JSONB_BUILD_OBJECT_ANY, &function_, context);
        fmgr_info_set_expr(reinterpret_cast<Node*>(expression), &function_);
        auto const number = static_cast<short>(2 * count_);
        call_ = static_cast<FunctionCallInfo>(palloc0(SizeForFunctionCallInfo(number)));
        InitFunctionCallInfoData(*call_, &function_, number, InvalidOid, nullptr, nullptr);
        for (std::size_t position = 0; position < count_; ++position)
            call_->args[2 * position].value = PointerGetDatum(
                cstring_to_text_with_len(names[position].data(), static_cast<int>(names[position].size())));
        MemoryContextSwitchTo(before);
    });
}

Datum json_object::build(Datum const* values, bool const* nulls) const {
    call_->flinfo = const_cast<FmgrInfo*>(&function_);
    for (std::size_t position = 0; position < count_; ++position) {
        call_->args[2 * position + 1].value = values[position];
        call_->args[2 * position + 1].isnull = nulls[position];
    }
    call_->isnull = false;
    return FunctionCallInvoke(call_);
}

}  // namespace fkaudit::check
