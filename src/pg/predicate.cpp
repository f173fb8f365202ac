#include "src/pg/predicate.hpp"

namespace fkaudit::pg {

namespace {

bool is_plain_select(List* statements) {
    if (list_length(statements) != 1) return false;
    Node* const only = linitial_node(RawStmt, statements)->stmt;
    if (!IsA(only, SelectStmt)) return false;
    auto const* const select = reinterpret_cast<SelectStmt*>(only);
    return select->op == SETOP_NONE && list_length(select->fromClause) == 1 &&
           IsA(linitial(select->fromClause), RangeVar) && select->whereClause != nullptr && select->targetList == NIL &&
           select->distinctClause == NIL && select->intoClause == nullptr && select->groupClause == NIL &&
           select->havingClause == nullptr && select->windowClause == NIL && select->valuesLists == NIL &&
           select->sortClause == NIL && select->limitOffset == nullptr && select->limitCount == nullptr &&
           select->lockingClause == NIL && select->withClause == nullptr;
}

}  // namespace

void require_predicate(call& current, std::string_view table, std::string_view predicate) {
    auto& arena = current.arena();
    auto const sql = arena.concat("SELECT FROM ", table, " WHERE (\n", predicate, "\n)", '\0');
    bool const is_plain = guarded([&] {
        // SPI says where in the text an error is.
        SPIPlanPtr const plan = SPI_prepare(sql.data(), 0, nullptr);
        if (plan == nullptr) elog(ERROR, "fkaudit: SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
        SPI_freeplan(plan);
        return is_plain_select(raw_parser(sql.data(), RAW_PARSE_DEFAULT));
    });
    if (!is_plain)
        throw model::error{
            "42601", "the predicate is not one condition",
            "It is read as: SELECT FROM table WHERE (predicate), and nothing may come after the condition.",
            "Write what would stand after WHERE in a DELETE."};
}

}  // namespace fkaudit::pg
