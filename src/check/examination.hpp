#pragma once

#include "src/check/engine.hpp"
#include "src/model/database.hpp"

namespace fkaudit::check {

/// What is done with each key that can be examined: called in a subtransaction of its own, which an SQL error ends.
class task {
public:
    task() = default;
    task(task const&) = delete;
    task& operator=(task const&) = delete;
    virtual ~task() = default;
    virtual void run(engine& engine, prepared_key const& key, verdict& found) = 0;
};

/// Examines foreign keys that share one child, in a subtransaction that is rolled back at the end, so that its locks go
/// at once: locks child and parents first, then takes one snapshot for all of them, then runs the task for each. A key
/// that fails gets its reason in its verdict and leaves the others alone. Raises a cancel, a shutdown and a
/// serialization failure.
void examine(pg::call& current, std::span<verdict> keys, task& work);

/// Consecutive verdicts with the same child.
std::size_t count_same_child(std::span<verdict const> keys) noexcept;

}  // namespace fkaudit::check
