#include "src/check/examination.hpp"

#include <chrono>

#include "src/check/sql_engine.hpp"
#include "src/pg/compat.hpp"
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
    identity who{};
    bool is_ready = false;
};

void refuse(verdict& found, refusal const& no) {
    found.why_not = no.why;
    found.detail = no.detail;
}

/// Makes the snapshot and the rights of a key current, and puts the former back at the end of a success; after an error
/// the subtransaction's rollback does it.
class examination_state {
public:
    examination_state(Snapshot snapshot, identity const& who) {
        pg::guarded([&] {
            GetUserIdAndSecContext(&user_, &security_);
            PushActiveSnapshot(snapshot);
            if (who.user != model::no_oid)
                SetUserIdAndSecContext(who.user, security_ | SECURITY_RESTRICTED_OPERATION |
                                                     SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
        });
    }
    void restore() {
        pg::guarded([&] {
            SetUserIdAndSecContext(user_, security_);
            PopActiveSnapshot();
        });
    }

private:
    Oid user_ = InvalidOid;
    int security_ = 0;
};

/// One child table's keys under one snapshot.
class examination {
public:
    examination(pg::call& current, std::span<verdict> keys, task& work)
        : current_(current),
          work_(work),
          engine_(current),
          candidates_(current.arena()) {
        for (auto& found : keys) candidates_.push_back({&found, {found.key}, {}, false});
    }

    void run() {
        if (!select_candidates()) return;
        auto const failure = pg::attempt(current_, pg::on_success::roll_back, [&] { run_locked(); });
        if (!failure) return;
        // The child itself could not be locked, or the locks' own subtransaction failed.
        for (auto& one : candidates_)
            if (one.is_ready) fail(*one.found, *failure);
    }

private:
    /// Leaves out what needs no lock to be refused; false: nothing is left.
    bool select_candidates() {
        bool any = false;
        for (auto& one : candidates_) {
            if (auto const no = refuse_engine(); no) {
                refuse(*one.found, no);
                continue;
            }
            if (auto const no = refuse_unlocked(current_, *one.found->key); no) {
                refuse(*one.found, no);
                continue;
            }
            one.prepared.visible = find_visible_columns(current_, *one.found->key);
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

    void run_locked() {
        auto const child_tables = lock_tree(current_, *candidates_.front().found->key->child);
        for (auto& one : candidates_)
            if (one.is_ready) prepare(one, child_tables);

        // After the locks: whoever changed these tables before has committed, and is seen.
        auto* const snapshot = pg::guarded([] { return RegisterSnapshot(GetTransactionSnapshot()); });
        for (auto& one : candidates_)
            if (one.is_ready) examine_one(one, snapshot);
        pg::guarded([&] { UnregisterSnapshot(snapshot); });
    }

    /// Locks the parent in a nested subtransaction that keeps the lock, and decides whether and as whom to go on.
    void prepare(candidate& one, ids child_tables) {
        auto const& key = *one.found->key;
        one.is_ready = false;
        auto const failure = pg::attempt(current_, pg::on_success::commit, [&] {
            auto const parent_tables = lock_tree(current_, *key.parent);
            auto no = refuse_locked(current_, key, child_tables, parent_tables);
            if (!no) no = choose_identity(current_, key, child_tables, parent_tables, one.who);
            if (no)
                refuse(*one.found, no);
            else
                one.is_ready = true;
        });
        if (failure) fail(*one.found, *failure);
    }

    void examine_one(candidate& one, Snapshot snapshot) {
        auto const start = std::chrono::steady_clock::now();
        auto const blank = *one.found;
        auto const failure = pg::attempt(current_, pg::on_success::commit, [&] {
            examination_state state(snapshot, one.who);
            work_.run(engine_, one.prepared, *one.found);
            state.restore();
        });
        one.is_ready = false;
        if (failure) {
            *one.found = blank;
            fail(*one.found, *failure);
        } else {
            one.found->engine = engine_.name();
        }
        one.found->elapsed_ms =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    }

    void fail(verdict& found, pg::caught_error const& error) {
        refuse(found, refuse_error(current_.arena(), error.sqlstate, error.message, error.detail));
    }

    pg::call& current_;
    task& work_;
    sql_engine engine_;
    model::vector<candidate> candidates_;
};

}  // namespace

void examine(pg::call& current, std::span<verdict> keys, task& work) { examination(current, keys, work).run(); }

std::size_t count_same_child(std::span<verdict const> keys) noexcept {
    std::size_t count = 0;
    while (count < keys.size() && keys[count].key->child == keys.front().key->child) ++count;
    return count;
}

}  // namespace fkaudit::check
