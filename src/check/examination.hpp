#pragma once

#include "src/check/chooser.hpp"
#include "src/model/database.hpp"

namespace fkaudit::check {

/// What is done with the keys that can be examined: called in a subtransaction of its own, which an SQL error ends.
class task {
public:
    task() = default;
    task(task const&) = delete;
    task& operator=(task const&) = delete;
    virtual ~task() = default;
    /// What the engines are asked for.
    virtual purpose what() const noexcept = 0;
    virtual void run(engine& engine, std::span<work_item> items) = 0;

    /// Where a key's rows are kept while an engine works on `keys` of them at once, so that they stand in the keys'
    /// order in the end; nullptr: there are none. The rows' turn is show(), unless the engine failed.
    virtual pg::kept_rows* keep([[maybe_unused]] std::size_t keys) { return nullptr; }
    virtual void show(pg::kept_rows*) {}
    virtual void drop(pg::kept_rows*) {}
};

/// Examines foreign keys that share one child, in a subtransaction that is rolled back at the end, so that its locks go
/// at once: locks child and parents first, then takes one snapshot for all of them, then runs the task for each. A key
/// that fails gets its reason in its verdict and leaves the others alone. Raises a cancel, a shutdown and a
/// serialization failure.
void examine(pg::call& current, std::span<verdict> keys, task& work);

/// The same for keys of several children, those of one after the other: each child's share examine() by itself.
void examine_by_child(pg::call& current, std::span<verdict> keys, task& work);

/// Consecutive verdicts with the same child.
std::size_t count_same_child(std::span<verdict const> keys) noexcept;

}  // namespace fkaudit::check
