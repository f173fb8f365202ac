#pragma once

#include <span>

#include "src/pg/postgres.hpp"

namespace fkaudit::pg {

/// While it lasts, no function starts whose owner is neither a superuser nor one of `owners`: looking it up raises
/// feature_not_supported, whether a query calls it, another function does, or planning folds an index's predicate that
/// somebody added a moment ago. Gates nest: a function has to pass all of them. Functions that an earlier query of the
/// session has looked up, for a type's operator class say, can be called without a new look and pass unseen.
class function_gate {
public:
    /// `owners` is kept, not copied.
    explicit function_gate(std::span<Oid const> owners) noexcept;
    ~function_gate();
    function_gate(function_gate const&) = delete;
    function_gate& operator=(function_gate const&) = delete;

    function_gate const* outer() const noexcept { return outer_; }
    bool admits(Oid owner) const noexcept;

private:
    std::span<Oid const> owners_;
    function_gate const* outer_;
};

/// Puts the gate before every function of the server; called once, by _PG_init.
void install_function_gate();

}  // namespace fkaudit::pg
