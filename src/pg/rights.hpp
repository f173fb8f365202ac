#pragma once

#include "src/pg/postgres.hpp"

namespace fkaudit::pg {

/// Whose rights count between the two calls, as in a SECURITY DEFINER function: an error in between puts the user back
/// with the subtransaction that it ends. Neither may be called outside a guard or a boundary.
class rights_of {
public:
    explicit rights_of(Oid user) noexcept {
        GetUserIdAndSecContext(&user_, &context_);
        SetUserIdAndSecContext(user, context_ | SECURITY_LOCAL_USERID_CHANGE);
    }
    void give_back() const noexcept { SetUserIdAndSecContext(user_, context_); }

private:
    Oid user_ = InvalidOid;
    int context_ = 0;
};

}  // namespace fkaudit::pg
