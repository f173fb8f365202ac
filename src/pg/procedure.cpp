#include "src/pg/procedure.hpp"

namespace fkaudit::pg {

void transactions::begin() {
    guarded([] { PushActiveSnapshot(GetTransactionSnapshot()); });
}

void transactions::end() {
    guarded([] { PopActiveSnapshot(); });
}

void transactions::commit() {
    end();
    guarded([&] {
        AtEOXact_GUC(true, around_.guc_level);
        SPI_commit();
        around_.set_settings();
    });
    begin();
}

bool detail::may_end_transactions(FunctionCallInfo arguments) noexcept {
    auto const* const context = arguments->context;
    return context != nullptr && IsA(context, CallContext) && !castNode(CallContext, context)->atomic &&
           !IsSubTransaction();
}

}  // namespace fkaudit::pg
