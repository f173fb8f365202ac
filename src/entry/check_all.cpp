#include "src/catalog/scope.hpp"
#include "src/check/parent_keys.hpp"
#include "src/entry/check_run.hpp"
#include "src/entry/database_audit.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/subtransaction.hpp"

/// A table is one transaction, so that its snapshot goes before the next one's comes; what it takes in memory goes as
/// well. All errors of a table but a cancel and its like are its keys' verdict.
namespace fkaudit::entry {

namespace {

using check::verdict;
using model::oid;
using text = std::string_view;

constexpr text dropped_meanwhile = "the foreign key was dropped while the run was under way";

/// The keys of one child, as they were when the run began.
using planned_table = std::span<model::constraint const>;

void refuse_here(pg::transactions const& work) {
    if (pg::guarded([] { return RecoveryInProgress(); }))
        throw model::error{"25006", "cannot execute fk_check_all() during recovery",
                           "It keeps its results in tables, and this server is a standby.",
                           "SELECT * FROM fk_check() examines the foreign keys here, too, and keeps nothing."};
    if (!work.may_end())
        throw model::error{"2D000", "invalid transaction termination",
                           "fk_check_all() commits after each child table: it cannot run in a transaction block, in a"
                           " function, or under an exception handler.",
                           "CALL it by itself, or from a DO block or a procedure outside of a transaction block;"
                           " fk_check() examines the foreign keys in one transaction."};
    if (XactReadOnly)
        throw model::error{"25006", "cannot execute fk_check_all() in a read-only transaction",
                           "It keeps its results in tables.",
                           "SET default_transaction_read_only = off, or use fk_check(), which keeps nothing."};
}

std::size_t count_left(check_run const& run, std::span<model::constraint const> keys) {
    return static_cast<std::size_t>(
        std::count_if(keys.begin(), keys.end(), [&](auto const& key) { return !run.is_done(key); }));
}

class checking {
public:
    checking(pg::call& current, pg::transactions& work, check_run& run, std::size_t keys)
        : current_(current),
          work_(work),
          run_(run),
          progress_(keys) {}

    void check(model::database const& database) {
        store_damaged(database);
        auto left = database.constraints;
        while (!left.empty()) {
            auto const* const child = left.front().child;
            auto const end =
                std::find_if(left.begin(), left.end(), [&](auto const& key) { return key.child != child; });
            auto const count = static_cast<std::size_t>(end - left.begin());
            check_table(left.first(count));
            left = left.subspan(count);
        }
    }

private:
    void check_table(planned_table planned) {
        if (count_left(run_, planned) == 0) return;
        auto const failure = pg::attempt(current_, pg::on_success::commit, [&] { check_now(planned); });
        if (failure) store_failure(planned, *failure);
        done_ += count_left(run_, planned);
        progress_.set_done(done_);
        work_.commit();
    }

    /// In memory of the table's own, which errors must not take with them.
    void check_now(planned_table planned) {
        check::scoped_context const memory(current_.context(), "fkaudit checked table");
        try {
            pg::call own(current_.arguments(), memory.get(), current_.search_path());
            check_as_it_is(own, planned);
        } catch (pg::copied_error const& error) {
            pg::guarded([&] { ReThrowError(error.data); });
        } catch (model::error const& error) {
            auto& arena = current_.arena();
            throw model::error{arena.copy(error.sqlstate), arena.copy(error.message), arena.copy(error.detail),
                               arena.copy(error.hint)};
        }
    }

    /// With the table's keys as they are now.
    void check_as_it_is(pg::call& own, planned_table planned) {
        auto const database =
            catalog::load(own, {.child = planned.front().child->id, .definitions = false, .shards = true});
        auto const all = list_verdicts(own.arena(), database);
        model::vector<verdict> wanted(own.arena());
        for (auto const& key : planned) {
            if (run_.is_done(key)) continue;
            auto const* const found = find_now(all, planned, key);
            if (found == nullptr)
                run_.store_not_examined(key, check::reason::vanished, dropped_meanwhile);
            else
                wanted.push_back(*found);
        }
        count_rows(own, {wanted.data(), wanted.size()}, progress_, [&](std::span<verdict> group) {
            for (auto const& found : group) run_.store(own.arena(), found);
        });
    }

    /// A key that was renamed, or rebuilt with a new type of its column, is still the one that was planned.
    static verdict const* find_now(std::span<verdict const> all, planned_table planned, model::constraint const& key) {
        auto const is_planned = [&](oid id) {
            return std::any_of(planned.begin(), planned.end(), [id](auto const& one) { return one.id == id; });
        };
        verdict const* found = nullptr;
        for (auto const& one : all) {
            if (one.key->id == key.id) return &one;
            bool const is_rebuilt = one.key->name.name == key.name.name && one.key->child->id == key.child->id;
            if (is_rebuilt && !is_planned(one.key->id)) found = &one;
        }
        return found;
    }

    void store_failure(planned_table planned, pg::caught_error const& error) {
        auto& arena = current_.arena();
        auto const said = error.detail.empty() ? error.message : arena.concat(error.message, ": ", error.detail);
        for (auto const& key : planned)
            if (!run_.is_done(key)) run_.store_not_examined(key, check::reason::error, said);
    }

    void store_damaged(model::database const& database) {
        for (auto const& key : database.damaged)
            if (!run_.is_done(key)) run_.store_damaged(key);
        work_.commit();
    }

    pg::call& current_;
    pg::transactions& work_;
    check_run& run_;
    pg::check_progress progress_;
    std::size_t done_ = 0;
};

}  // namespace

void check_all(pg::call& current, pg::transactions& work) {
    bool const resume = require_flag(current, 2, "resume");
    refuse_here(work);
    work.begin();
    auto const database = catalog::load_keys(current, 0);
    check_run run(current, work);
    if (!resume || !run.resume()) run.start();

    std::optional<pg::copied_error> stopped;
    try {
        checking(current, work, run, count_left(run, database.constraints)).check(database);
    } catch (pg::copied_error const& error) {
        stopped = error;
    }
    if (stopped) {
        run.stop(stopped->data->sqlerrcode == ERRCODE_QUERY_CANCELED);
        throw *stopped;
    }
    run.finish();
    work.end();
}

}  // namespace fkaudit::entry
