#include "src/check/examination.hpp"

#include <chrono>

#include "src/check/cluster_plan.hpp"
#include "src/check/locks.hpp"
#include "src/check/sql_engine.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/progress.hpp"
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
    engine_decision decision{};
    std::string_view note{};        ///< what the detail says first
    pg::kept_rows* kept = nullptr;  ///< rows that wait for their turn
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
    using way = engine_decision::way;
    using candidates = model::vector<candidate*>;

public:
    examination(pg::call& current, std::span<verdict> keys, task& work)
        : current_(current),
          work_(work),
          candidates_(current.arena()) {
        for (auto& found : keys) candidates_.push_back({&found, {found.key, {}, {}, {}}, {}, false, {}, {}, nullptr});
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
            if (auto const no = refuse_unlocked(current_, *one.found->key); no) {
                refuse(one, no);
                continue;
            }
            one.is_ready = any = true;
        }
        return any;
    }

    /// Locks everything, takes the snapshot and examines what is ready. It returns early, with keys still ready, where a
    /// lock is not to be had at once (blocker_), or where a partition has come or gone since the locks.
    void run_locked(patience how) {
        auto const child = lock(*candidates_.front().found->key->child, how, nullptr);
        for (auto& one : candidates_)
            if (one.is_ready && blocker_ == model::no_oid) prepare(one, child.tables, how);
        if (blocker_ != model::no_oid) return;

        choose_engines();
        auto* const snapshot = take_snapshot();
        examine_ready(how, snapshot);
        pg::guarded([&] { UnregisterSnapshot(snapshot); });
    }

    void choose_engines() {
        scan_engine scan(current_);
        index_engine index(current_);
        for (auto& one : candidates_) {
            if (!one.is_ready) continue;
            if (auto const no = find_spread(current_, one.prepared)) {
                refuse(one, no);
                continue;
            }
            one.prepared.visible = find_visible_columns(current_, *one.found->key, {});
            one.decision = choose_engine(scan, index, one.prepared, current_.arena(), work_.what());
            if (one.decision.how == way::none) refuse(one, {reason::unsupported, one.decision.why_not});
        }
    }

    void examine_ready(patience how, Snapshot snapshot) {
        sql_engine sql(current_);
        index_engine index(current_);
        // What an earlier round kept has gone with it.
        for (auto& one : candidates_) one.kept = nullptr;
        for (auto& one : candidates_) {
            if (one.is_ready && one.kept == nullptr && one.decision.how == way::scan) {
                auto const together = list_scanned();
                if (how == patience::none && any_changed(together)) return;
                scan(together, snapshot);
            }
            if (one.is_ready && one.kept != nullptr) show(one);
            if (!one.is_ready) continue;
            if (how == patience::none && has_changed(one)) return;
            if (one.decision.how == way::index) (void)examine_one(one, index, snapshot);
            if (one.is_ready && !examine_planned(one, sql, snapshot, how)) return;
        }
    }

    /// By SQL, whose planner lists the child's partitions once more (work_item::is_beyond): what was found with rows that
    /// the snapshot is too old for is thrown away; false.
    bool examine_planned(candidate& one, sql_engine& sql, Snapshot snapshot, patience how) {
        if (how == patience::none && one.found->key->child->is_partitioned()) one.kept = work_.keep(1);
        auto const before = *one.found;
        bool const is_beyond = examine_one(one, sql, snapshot);
        if (is_beyond && how == patience::none) {
            drop_kept(one);
            *one.found = before;
            one.is_ready = true;
            return false;
        }
        if (one.kept != nullptr) show(one);
        return true;
    }

    bool has_changed(candidate const& one) const {
        auto const& key = *one.found->key;
        return check::has_changed(current_, *key.child, one.prepared.child_tables) ||
               check::has_changed(current_, *key.parent, one.prepared.parent_tables);
    }
    bool any_changed(candidates const& some) const {
        return std::any_of(some.begin(), some.end(), [&](candidate const* one) { return has_changed(*one); });
    }

    void show(candidate& one) {
        work_.show(std::exchange(one.kept, nullptr));
        one.is_ready = false;
    }

    /// All keys that are scanned together.
    candidates list_scanned() {
        candidates some(current_.arena());
        for (auto& one : candidates_)
            if (one.is_ready && one.decision.how == way::scan) some.push_back(&one);
        return some;
    }

    /// Examines the keys by one scan; if that fails, each by one of its own, so that one's error is not the others'.
    void scan(candidates const& some, Snapshot snapshot) {
        auto const failure = try_scan(some, snapshot, some.size());
        if (!failure) return;
        if (some.size() == 1) return fail(*some.front(), *failure);
        for (auto* const one : some) {
            candidates alone(1, one, current_.arena());
            if (auto const own = try_scan(alone, snapshot, some.size())) fail(*one, *own);
        }
    }

    /// An error that may come from parallel workers, for lack of shared memory perhaps, is no reason to give up: what
    /// they do can be done without them. `of`: how many keys are scanned, together or one after the other.
    std::optional<pg::caught_error> try_scan(candidates const& some, Snapshot snapshot, std::size_t of) {
        bool used_workers = false;
        auto const failure = try_scan(some, snapshot, of, true, used_workers);
        if (!failure || !used_workers) return failure;
        return try_scan(some, snapshot, of, false, used_workers);
    }

    std::optional<pg::caught_error> try_scan(candidates const& some, Snapshot snapshot, std::size_t of,
                                             bool may_use_workers, bool& used_workers) {
        auto const start = std::chrono::steady_clock::now();
        auto const orphans_before = pg::seen_orphans();
        model::vector<work_item> items(current_.arena());
        model::vector<verdict> blanks(current_.arena());
        for (auto* const one : some) {
            blanks.push_back(*one->found);
            one->kept = of > 1 ? work_.keep(of) : nullptr;
        }
        scan_engine reader(current_, may_use_workers);
        auto const failure = pg::attempt(current_, pg::on_success::commit, [&] {
            for (auto* const one : some) {
                // As a query would be asked when it starts.
                if (auto const no = refuse_unlocked(current_, *one->found->key))
                    refuse(*one, no);
                else
                    items.push_back({one->prepared, one->found, {}, one->kept, false});
            }
            // It needs nobody's code, unless a type gets a cast to json while it runs.
            examination_state state(snapshot, {.trusted_owners = ids()});
            if (!items.empty()) work_.run(reader, {items.data(), items.size()});
            state.restore();
        });
        used_workers = reader.used_workers();
        if (failure) {
            pg::reset_orphans(orphans_before);
            for (std::size_t number = 0; number < some.size(); ++number) {
                *some[number]->found = blanks[number];
                drop_kept(*some[number]);
            }
            return failure;
        }
        take_over(some, items, milliseconds_since(start) / static_cast<double>(std::max<std::size_t>(items.size(), 1)));
        for (auto* const one : some)
            if (!one->is_ready) drop_kept(*one);
        return std::nullopt;
    }

    /// Each key's share of the time; those that were left out go to SQL, unless the engine is forced.
    void take_over(candidates const& some, model::vector<work_item> const& items, double share) {
        for (auto const& item : items) {
            auto& one = **std::find_if(some.begin(), some.end(),
                                       [&](candidate const* candidate) { return candidate->found == item.found; });
            if (item.left_out.empty()) {
                one.is_ready = one.kept != nullptr;
                one.found->engine = "scan";
                one.found->elapsed_ms = share;
            } else {
                drop_kept(one);
                leave_out(one, pg::engine_choice::scan, "scan", item.left_out);
            }
        }
    }

    void drop_kept(candidate& one) {
        if (one.kept != nullptr) work_.drop(std::exchange(one.kept, nullptr));
    }

    /// A key that an engine could not serve after all goes to SQL, unless the engine is forced.
    void leave_out(candidate& one, pg::engine_choice choice, std::string_view engine, std::string_view why) {
        auto& arena = current_.arena();
        if (pg::chosen_engine() == choice)
            return refuse(one, {reason::unsupported, describe_obstacle(arena, engine, why)});
        one.decision.how = way::sql;
        one.note = arena.concat(choice == pg::engine_choice::scan ? "not scanned: " : "no index was read: ", why);
    }

    static double milliseconds_since(std::chrono::steady_clock::time_point start) {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
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
            one.prepared.child_tables = child_tables;
            one.prepared.parent_tables = lock(*key.parent, how, key.parent).tables;
            if (blocker_ != model::no_oid) return;
            if (auto const no = refuse_locked(current_, key, child_tables, one.prepared.parent_tables)) refuse(one, no);
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

    /// Whether more was read than is locked: see work_item::is_beyond.
    bool examine_one(candidate& one, engine& reader, Snapshot snapshot) {
        auto const start = std::chrono::steady_clock::now();
        auto const blank = *one.found;
        std::string_view left_out;
        bool is_beyond = false;
        auto const failure = pg::attempt_foreign_code(current_, pg::on_success::commit, [&] {
            if (auto const no = choose_current_identity(one)) return refuse(one, no);
            one.prepared.visible = find_visible_columns(current_, *one.found->key, one.who);
            set_reading_settings();
            examination_state state(snapshot, one.who);
            if (one.prepared.is_spread) require_cluster_plan(current_, *one.found->key);
            work_item item{one.prepared, one.found, {}, one.kept, false};
            work_.run(reader, {&item, 1});
            state.restore();
            left_out = item.left_out;
            is_beyond = item.is_beyond;
            one.found->engine = reader.name();
            if (!one.note.empty())
                one.found->detail =
                    one.found->detail.empty() ? one.note : current_.arena().concat(one.note, "; ", one.found->detail);
        });
        one.is_ready = false;
        if (failure) {
            *one.found = blank;
            drop_kept(one);
            fail(one, *failure);
        } else if (!left_out.empty()) {
            *one.found = blank;
            one.is_ready = true;
            leave_out(one, pg::engine_choice::index, reader.name(), left_out);
            return false;
        }
        one.found->elapsed_ms = milliseconds_since(start);
        pg::guarded([] { pg::note_key_done(); });
        return is_beyond;
    }

    /// By the catalog of this moment, as the planner will see it, and not of the caller's snapshot: an index with
    /// somebody's function in it may be a minute old.
    refusal choose_current_identity(candidate& one) {
        pg::guarded([] { PushActiveSnapshot(GetLatestSnapshot()); });
        auto const no =
            choose_identity(current_, *one.found->key, one.prepared.child_tables, one.prepared.parent_tables, one.who);
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
        // Where locks or memory ran out, the hint names the setting to raise.
        bool const is_short = ERRCODE_TO_CATEGORY(error.sqlstate) == ERRCODE_INSUFFICIENT_RESOURCES;
        auto const more = is_short && error.detail.empty() ? error.hint : error.detail;
        refuse(one, refuse_error(current_.arena(), one.who, error.sqlstate, error.message, more));
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

void examine_by_child(pg::call& current, std::span<verdict> keys, task& work) {
    while (!keys.empty()) {
        auto const group = keys.first(count_same_child(keys));
        examine(current, group, work);
        keys = keys.subspan(group.size());
    }
}

std::size_t count_same_child(std::span<verdict const> keys) noexcept {
    std::size_t count = 0;
    while (count < keys.size() && keys[count].key->child == keys.front().key->child) ++count;
    return count;
}

}  // namespace fkaudit::check
