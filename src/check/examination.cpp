#include "src/check/examination.hpp"

#include <chrono>

#include "src/check/locks.hpp"
#include "src/check/sql_engine.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/settings.hpp"
#include "src/pg/subtransaction.hpp"

namespace fkaudit::check {

namespace {

using model::oid;
using ids = std::span<oid const>;

/// What stands between a key's verdict and its examination.
struct candidate {
    verdict* found = nullptr;
    prepared_key prepared{};
    ids parent_tables{};
    identity who{};
    bool is_ready = false;
};

/// Makes the snapshot and the rights of a key current, and puts the former back at the end of a success; after an error
/// the subtransaction's rollback does it. Whoever's rights they are, functions that run meanwhile cannot change the
/// role, make temporary objects or leave anything in the session, and the settings that they change are put back: the
/// next key may be examined with more rights.
class examination_state {
public:
    examination_state(Snapshot snapshot, identity const& who) {
        if (who.trusted_owners) gate_.emplace(*who.trusted_owners);
        pg::guarded([&] {
            GetUserIdAndSecContext(&user_, &security_);
            PushActiveSnapshot(snapshot);
            settings_ = NewGUCNestLevel();
            bool const as_owner = who.user != model::no_oid;
            SetUserIdAndSecContext(as_owner ? who.user : user_, security_ | SECURITY_RESTRICTED_OPERATION |
                                                                    SECURITY_LOCAL_USERID_CHANGE |
                                                                    (as_owner ? SECURITY_NOFORCE_RLS : 0));
        });
    }
    void restore() {
        pg::guarded([&] {
            AtEOXact_GUC(false, settings_);
            SetUserIdAndSecContext(user_, security_);
            PopActiveSnapshot();
        });
    }

private:
    Oid user_ = InvalidOid;
    int security_ = 0;
    int settings_ = 0;
    std::optional<pg::function_gate> gate_{};
};

/// How often locks are given back for one that is not to be had at once, before waiting for it with them.
constexpr int most_rounds = 20;

/// One child table's keys under one snapshot.
class examination {
public:
    examination(pg::call& current, std::span<verdict> keys, task& work)
        : current_(current),
          work_(work),
          candidates_(current.arena()) {
        for (auto& found : keys) candidates_.push_back({&found, {found.key}, {}, {}, false});
    }

    void run() {
        if (!select_candidates()) return;
        for (int round = 1; any_ready(); ++round) {
            // With every lock that it has given back, it stands in nobody's way; should others be quicker time and
            // again, it waits as any query does.
            auto const how = round < most_rounds ? patience::none : patience::wait;
            blocker_ = model::no_oid;
            auto const failure = pg::attempt(current_, pg::on_success::roll_back, [&] { run_locked(how); });
            if (failure) fail_ready(nullptr, *failure);
            if (blocker_ != model::no_oid) wait();
        }
    }

private:
    /// Leaves out what needs no lock to be refused; false: nothing is left.
    bool select_candidates() {
        bool any = false;
        for (auto& one : candidates_) {
            if (auto const no = refuse_engine(); no) {
                refuse(one, no);
                continue;
            }
            if (auto const no = refuse_unlocked(current_, *one.found->key); no) {
                refuse(one, no);
                continue;
            }
            one.is_ready = any = true;
        }
        return any;
    }

    refusal refuse_engine() const {
        switch (pg::chosen_engine()) {
            case pg::engine_choice::scan:
                return {reason::unsupported, "the scan engine cannot serve this key; SET fkaudit.engine = auto"};
            case pg::engine_choice::index:
                return {reason::unsupported, "the index engine cannot serve this key; SET fkaudit.engine = auto"};
            default: return {};
        }
    }

    /// Locks everything, takes the snapshot and examines what is ready. It returns early, with keys still ready, where a
    /// lock is not to be had at once (blocker_), or where a partition has come or gone since the locks.
    void run_locked(patience how) {
        auto const child = lock(*candidates_.front().found->key->child, how, nullptr);
        for (auto& one : candidates_)
            if (one.is_ready && blocker_ == model::no_oid) prepare(one, child.tables, how);
        if (blocker_ != model::no_oid) return;

        auto* const snapshot = take_snapshot();
        sql_engine reader(current_);
        for (auto& one : candidates_) {
            if (!one.is_ready) continue;
            auto const& key = *one.found->key;
            if (how == patience::none && (has_changed(current_, *key.child, child.tables) ||
                                          has_changed(current_, *key.parent, one.parent_tables)))
                break;
            examine_one(one, child.tables, reader, snapshot);
        }
        pg::guarded([&] { UnregisterSnapshot(snapshot); });
    }

    locked_tree lock(model::relation const& table, patience how, model::relation const* parent) {
        auto const locked = lock_tree(current_, table, how);
        blocker_ = locked.blocker;
        blocked_parent_ = parent;
        return locked;
    }

    /// Waits, with no other lock, for the one that was not to be had.
    void wait() {
        auto const failure = pg::attempt(current_, pg::on_success::roll_back, [&] { wait_for_lock(blocker_); });
        if (failure) fail_ready(blocked_parent_, *failure);
    }

    /// Locks the parent in a nested subtransaction that keeps the lock, and decides whether to go on.
    void prepare(candidate& one, ids child_tables, patience how) {
        auto const& key = *one.found->key;
        auto const failure = pg::attempt(current_, pg::on_success::commit, [&] {
            one.parent_tables = lock(*key.parent, how, key.parent).tables;
            if (blocker_ != model::no_oid) return;
            if (auto const no = refuse_locked(current_, key, child_tables, one.parent_tables)) refuse(one, no);
        });
        if (failure) fail(one, *failure);
    }

    /// After the locks: whoever changed these tables before has committed, and is seen.
    Snapshot take_snapshot() {
        return pg::guarded([&] {
            PushCopiedSnapshot(GetTransactionSnapshot());
            GetActiveSnapshot()->curcid = current_.command();
            auto* const kept = RegisterSnapshot(GetActiveSnapshot());
            PopActiveSnapshot();
            return kept;
        });
    }

    void examine_one(candidate& one, ids child_tables, engine& reader, Snapshot snapshot) {
        auto const start = std::chrono::steady_clock::now();
        auto const blank = *one.found;
        auto const failure = pg::attempt_foreign_code(current_, pg::on_success::commit, [&] {
            if (auto const no = choose_current_identity(one, child_tables)) return refuse(one, no);
            one.prepared.visible = find_visible_columns(current_, *one.found->key, one.who);
            set_reading_settings();
            examination_state state(snapshot, one.who);
            work_.run(reader, one.prepared, *one.found);
            state.restore();
            one.found->engine = reader.name();
        });
        one.is_ready = false;
        if (failure) {
            *one.found = blank;
            fail(one, *failure);
        }
        one.found->elapsed_ms =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    }

    /// By the catalog of this moment, as the planner will see it, and not of the caller's snapshot: an index with
    /// somebody's function in it may be a minute old.
    refusal choose_current_identity(candidate& one, ids child_tables) {
        pg::guarded([] { PushActiveSnapshot(GetLatestSnapshot()); });
        auto const no = choose_identity(current_, *one.found->key, child_tables, one.parent_tables, one.who);
        pg::guarded([] { PopActiveSnapshot(); });
        return no;
    }

    bool any_ready() const {
        return std::any_of(candidates_.begin(), candidates_.end(), [](candidate const& one) { return one.is_ready; });
    }

    static void refuse(candidate& one, refusal const& no) {
        one.is_ready = false;
        one.found->why_not = no.why;
        one.found->detail = no.detail;
    }

    void fail(candidate& one, pg::caught_error const& error) {
        refuse(one, refuse_error(current_.arena(), one.who, error.sqlstate, error.message, error.detail));
    }

    /// What is ready and has this parent; nullptr: any.
    void fail_ready(model::relation const* parent, pg::caught_error const& error) {
        for (auto& one : candidates_)
            if (one.is_ready && (parent == nullptr || one.found->key->parent == parent)) fail(one, error);
    }

    pg::call& current_;
    task& work_;
    model::vector<candidate> candidates_;
    oid blocker_ = model::no_oid;
    model::relation const* blocked_parent_ = nullptr;  ///< whose tree the blocker is in; nullptr: the child's
};

}  // namespace

void examine(pg::call& current, std::span<verdict> keys, task& work) { examination(current, keys, work).run(); }

std::size_t count_same_child(std::span<verdict const> keys) noexcept {
    std::size_t count = 0;
    while (count < keys.size() && keys[count].key->child == keys.front().key->child) ++count;
    return count;
}

}  // namespace fkaudit::check
