#pragma once

#include "src/check/verdict.hpp"
#include "src/model/database.hpp"
#include "src/pg/procedure.hpp"

namespace fkaudit::entry {

/// A run of fk_check_all: its row in fk_check_run_records, its rows in fk_check_results, and the lock on its number that
/// tells other sessions that it is under way. The lock goes with an error, and with the session.
class check_run {
public:
    /// About what the procedure's arguments name.
    check_run(pg::call& current, pg::transactions& work);
    check_run(check_run const&) = delete;
    check_run& operator=(check_run const&) = delete;

    /// Begins a new run.
    void start();
    /// Goes on with the last run about the same, if that has not come to its end; false, with a NOTICE: it has, or there
    /// is none. Error: object_in_use where a session is at it.
    bool resume();

    /// Whether the run has a verdict of the key.
    bool is_done(model::constraint const& key) const;
    bool is_done(model::damaged_constraint const& key) const;

    void store(model::arena& arena, check::verdict const& found);
    void store_not_examined(model::constraint const& key, check::reason why, std::string_view detail);
    void store_damaged(model::damaged_constraint const& key);

    /// Says how it ended, and commits: with a NOTICE that sums up, or says how to go on.
    void finish();
    void stop(bool is_cancelled);

private:
    struct done_key {
        model::oid id;
        std::string_view name;
    };
    struct last_run {
        std::int64_t id;
        bool is_finished;
    };

    std::optional<last_run> find_last() const;
    void load_done();
    void set_state(std::string_view state);
    bool lock() const;
    void unlock() const;
    std::string_view table(std::string_view name) const;

    pg::call& current_;
    pg::transactions& work_;
    std::string_view schema_;  ///< the extension's, quoted
    std::optional<std::string_view> child_{};
    std::optional<std::string_view> constraint_name_{};
    model::oid records_ = model::no_oid;  ///< the table fk_check_run_records
    std::int64_t id_ = 0;
    model::vector<done_key> done_;
};

}  // namespace fkaudit::entry
