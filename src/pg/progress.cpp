#include "src/pg/progress.hpp"

#include "src/pg/guard.hpp"
#include "src/pg/settings.hpp"

namespace fkaudit::pg {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

progress_board board{};  ///< without functions: this server has none

// Of the check under way in this process.
bool has_leader = false;         ///< a parallel worker: no NOTICE comes from it
std::int64_t blocks_before = 0;  ///< of the phase, in heaps that have been read
std::string_view child_name{};
TimestampTz last_notice = 0;
progress_counters own_counters{};  ///< where there is no board

void add_orphans(progress_counters& counters) noexcept {
    if (detail::unseen_orphans == 0) return;
    counters.orphans.fetch_add(detail::unseen_orphans, relaxed);
    detail::unseen_orphans = 0;
}

/// Several processes share the blocks, and not all of them know the latest.
void raise_to(std::atomic<std::int64_t>& counter, std::int64_t value) noexcept {
    auto seen = counter.load(relaxed);
    while (seen < value && !counter.compare_exchange_weak(seen, value, relaxed)) {}
}

long milliseconds_left() noexcept {
    auto const interval = progress_interval() * 1000;
    return std::max(interval - TimestampDifferenceMilliseconds(last_notice, GetCurrentTimestamp()), 0L);
}

void say(progress_counters const& counters) {
    auto const phase = to_text(counters.phase.load(relaxed));
    auto const total = counters.blocks_total.load(relaxed);
    auto const orphans = counters.orphans.load(relaxed);
    char blocks[64] = "", found[64] = "";
    if (total >= 0)
        pg_snprintf(blocks, sizeof blocks, ", block " INT64_FORMAT " of " INT64_FORMAT,
                    std::min(counters.blocks_done.load(relaxed), total), total);
    if (orphans > 0) pg_snprintf(found, sizeof found, ", " INT64_FORMAT " orphans so far", orphans);
    ereport(NOTICE, (errmsg_internal("%.*s: %.*s%s; %d of %d foreign keys done%s", static_cast<int>(child_name.size()),
                                     child_name.data(), static_cast<int>(phase.size()), phase.data(), blocks,
                                     counters.constraints_done.load(relaxed), counters.constraints_total.load(relaxed),
                                     found)));
}

}  // namespace

namespace detail {

progress_counters* followed_check = nullptr;
std::int64_t unseen_orphans = 0;

}  // namespace detail

std::string_view to_text(progress_phase phase) noexcept {
    switch (phase) {
        case progress_phase::locking: return "waiting for locks";
        case progress_phase::reading_parent: return "reading parent keys";
        case progress_phase::reading_child: return "reading child";
        case progress_phase::comparing_keys: return "comparing keys";
        case progress_phase::reading_orphans: return "reading orphans";
        case progress_phase::running_query: return "running query";
        case progress_phase::walking_index: return "walking index";
    }
    return {};
}

void use_progress_board(progress_board const& used) noexcept { board = used; }

check_progress::check_progress(std::size_t keys) : outer_(detail::followed_check) {
    // Inside of another one: what is told meanwhile is not about that.
    detail::followed_check = nullptr;
    detail::unseen_orphans = 0;
    if (outer_ != nullptr || (board.claim == nullptr && progress_interval() == 0)) return;
    auto* const counters = board.claim == nullptr ? &own_counters : guarded([] { return board.claim(); });
    counters->phase.store(progress_phase::locking, relaxed);
    counters->blocks_done.store(0, relaxed);
    counters->blocks_total.store(progress_counters::unknown_blocks, relaxed);
    counters->constraints_done.store(0, relaxed);
    counters->constraints_total.store(static_cast<std::int32_t>(keys), relaxed);
    counters->orphans.store(0, relaxed);
    child_name = {};
    last_notice = GetCurrentTimestamp();
    detail::followed_check = counters;
}

check_progress::~check_progress() {
    if (detail::followed_check != nullptr && board.release != nullptr) board.release();
    detail::followed_check = outer_;
    detail::unseen_orphans = 0;
}

void check_progress::begin_child(std::string_view name) {
    if (!is_followed()) return;
    child_name = name;
    auto const& counters = *detail::followed_check;
    done_before_ = counters.constraints_done.load(relaxed);
    orphans_before_ = counters.orphans.load(relaxed);
    guarded([&] {
        if (board.show_child != nullptr) board.show_child(name);
        begin_phase(progress_phase::locking);
    });
}

void check_progress::end_child(std::size_t keys, std::optional<std::int64_t> orphans) {
    if (!is_followed()) return;
    auto& counters = *detail::followed_check;
    add_orphans(counters);
    counters.constraints_done.store(done_before_ + static_cast<std::int32_t>(keys), relaxed);
    if (orphans) counters.orphans.store(orphans_before_ + *orphans, relaxed);
}

void check_progress::set_done(std::size_t keys) noexcept {
    if (is_followed()) detail::followed_check->constraints_done.store(static_cast<std::int32_t>(keys), relaxed);
}

void join_progress() {
    has_leader = true;
    if (board.find_leader != nullptr) detail::followed_check = board.find_leader();
}

void begin_phase(progress_phase phase, std::int64_t blocks, std::int64_t done) {
    blocks_before = 0;
    if (!is_followed() || has_leader) return;
    auto& counters = *detail::followed_check;
    counters.blocks_total.store(progress_counters::unknown_blocks, relaxed);
    counters.phase.store(phase, relaxed);
    counters.blocks_done.store(done, relaxed);
    counters.blocks_total.store(blocks, relaxed);
    tick_progress();
}

void note_blocks(std::int64_t done) {
    if (!is_followed()) return;
    raise_to(detail::followed_check->blocks_done, done);
    tick_progress();
}

void note_key_done() {
    if (!is_followed()) return;
    detail::followed_check->constraints_done.fetch_add(1, relaxed);
    tick_progress();
}

void tick_progress() {
    if (!is_followed()) return;
    add_orphans(*detail::followed_check);
    if (has_leader || progress_interval() == 0 || milliseconds_left() > 0) return;
    last_notice = GetCurrentTimestamp();
    say(*detail::followed_check);
}

std::int64_t seen_orphans() noexcept {
    return is_followed() ? detail::followed_check->orphans.load(relaxed) + detail::unseen_orphans : 0;
}

void reset_orphans(std::int64_t count) noexcept {
    detail::unseen_orphans = 0;
    if (is_followed()) detail::followed_check->orphans.store(count, relaxed);
}

long progress_wait() noexcept {
    return is_followed() && !has_leader && progress_interval() > 0 ? std::max(milliseconds_left(), 1L) : -1L;
}

/// Of a heap that is shared, whoever reads knows how many blocks have been handed out; of one that is not, where it is.
void block_meter::report(BlockNumber block) {
    next_ = block + interval;
    auto const done =
        shared_ == nullptr ? std::uint64_t{block} - first_ + 1 : pg_atomic_read_u64(&shared_->phs_nallocated);
    note_blocks(blocks_before + static_cast<std::int64_t>(std::min<std::uint64_t>(done, count_)));
}

void block_meter::end() {
    if (!is_followed()) return;
    blocks_before += count_;
    note_blocks(blocks_before);
}

}  // namespace fkaudit::pg
