#pragma once

#include "src/check/orphan_lister.hpp"
#include "src/check/worker_group.hpp"

namespace fkaudit::check {

/// Lists a pass's orphans by parallel workers; this process puts their rows into physical order, and reads the child
/// only where no worker is free. Errors of the workers are raised. It must run in a subtransaction, whose rollback ends
/// them.
class parallel_list {
public:
    parallel_list(scan_pass& pass, int workers) : pass_(pass), group_(pass, order(pass, workers)) {}

    /// Nothing is listed before this has returned.
    void launch(int workers);
    /// `listers`: one for each key, without a limit.
    void run(std::span<child_key> keys, std::span<orphan_lister* const> listers);

private:
    static shared_scan::order order(scan_pass const& pass, int workers);

    scan_pass& pass_;
    worker_group group_;
};

}  // namespace fkaudit::check
