#pragma once

#include "src/check/examination.hpp"
#include "src/check/sql_engine.hpp"
#include "src/model/database.hpp"
#include "src/pg/progress.hpp"

namespace fkaudit::entry {

/// Blank verdicts for the keys of a database, with the enforcement of the declared ones judged.
std::span<check::verdict> list_verdicts(model::arena& arena, model::database const& database);

/// Both sentences, or the one that is not empty.
std::string_view join_details(model::arena& arena, std::string_view first, std::string_view second);

/// What there is to say of a verdict: the examination's detail, and of an examined key how it is enforced.
std::string_view full_detail(model::arena& arena, check::verdict const& found);

/// A WARNING that a key was not examined, and why.
void warn_not_examined(pg::call& current, check::verdict const& found);

/// Tells that the keys of one child are done: counted, and not listed.
void end_counted(pg::check_progress& progress, std::span<check::verdict const> group);

/// Counts the orphans of the verdicts' keys, one child table after the other (keys with one child stand together);
/// `each(verdicts of one child)` is called as soon as they are there. They are part of a check that is followed.
template <class Each>
void count_rows(pg::call& current, std::span<check::verdict> verdicts, pg::check_progress& progress, Each each) {
    class count_task final : public check::task {
    public:
        check::purpose what() const noexcept override { return check::purpose::count; }
        void run(check::engine& engine, std::span<check::work_item> items) override { engine.count(items); }
    };
    check::set_check_settings();
    count_task work;
    while (!verdicts.empty()) {
        auto const group = verdicts.first(check::count_same_child(verdicts));
        progress.begin_child(group.front().key->child->qualified);
        check::examine(current, group, work);
        end_counted(progress, group);
        each(group);
        verdicts = verdicts.subspan(group.size());
    }
}

/// The same, as a check of its own.
template <class Each>
void count_rows(pg::call& current, std::span<check::verdict> verdicts, Each each) {
    pg::check_progress progress(verdicts.size());
    count_rows(current, verdicts, progress, each);
}

}  // namespace fkaudit::entry
