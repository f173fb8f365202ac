#include "src/catalog/scope.hpp"
#include "src/check/examination.hpp"
#include "src/check/sql_engine.hpp"
#include "src/check/undeclared.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/verdicts.hpp"

namespace fkaudit::entry {

namespace {

/// fk_orphans: lists.
class list_task final : public check::task {
public:
    list_task(pg::result_set& result, std::int64_t max_rows) : result_(result), max_rows_(max_rows) {}

    check::purpose what() const noexcept override { return check::purpose::list; }
    void run(check::engine& engine, std::span<check::work_item> items) override {
        engine.list(items, max_rows_, result_);
    }
    /// Together they take an eighth of the memory.
    pg::kept_rows* keep(std::size_t keys) override {
        constexpr std::size_t least = 64;
        auto const share = static_cast<std::size_t>(maintenance_work_mem) / 8 / keys;
        return result_.keep_rows(static_cast<int>(std::max(share, least)));
    }
    void show(pg::kept_rows* kept) override { result_.move(kept); }
    void drop(pg::kept_rows* kept) override { pg::result_set::drop(kept); }

private:
    pg::result_set& result_;
    std::int64_t max_rows_;
};

constexpr std::int64_t all_rows = -1;

std::int64_t read_max_rows(pg::call& current, int position) {
    auto const given = current.bigint_argument(position);
    if (given && *given < 0)
        throw model::error{"2201W", "max_rows must not be negative", {}, "NULL, the default, lists all orphans."};
    return given.value_or(all_rows);
}

Datum run(pg::call& current, pg::result_set& result, model::database const& database, std::int64_t max_rows) {
    check::set_check_settings();
    list_task work(result, max_rows);
    auto verdicts = list_verdicts(current.arena(), database);
    pg::check_progress progress(verdicts.size());
    while (!verdicts.empty()) {
        auto const group = verdicts.first(check::count_same_child(verdicts));
        progress.begin_child(group.front().key->child->qualified);
        check::examine(current, group, work);
        progress.end_child(group.size(), std::nullopt);
        for (auto const& found : group)
            if (!found.is_examined()) warn_not_examined(current, found);
        verdicts = verdicts.subspan(group.size());
    }
    return result.finish();
}

}  // namespace

Datum orphans(pg::call& current) {
    pg::result_set result(current);
    auto const max_rows = read_max_rows(current, 2);
    return run(current, result, catalog::load_keys(current, 0), max_rows);
}

Datum orphans_undeclared(pg::call& current) {
    pg::result_set result(current);
    auto const max_rows = read_max_rows(current, 5);
    return run(current, result, check::read_undeclared_key(current).database, max_rows);
}

}  // namespace fkaudit::entry
