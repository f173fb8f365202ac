#pragma once

#include <atomic>

#include "src/pg/postgres.hpp"

/// How far the check of this session is: told by those who read, shown by fk_progress where the library was preloaded
/// (src/watch), and in lines of NOTICE where fkaudit.progress_interval asks for them. Where nobody looks, each page costs
/// one comparison.
namespace fkaudit::pg {

enum class progress_phase : std::int32_t {
    locking,          ///< the child and its parents
    reading_parent,   ///< its keys
    reading_child,    ///< its rows
    comparing_keys,   ///< of both, in parts, by temporary files
    reading_orphans,  ///< the pages that have some
    running_query,    ///< an anti-join
    walking_index,    ///< the child's
};

std::string_view to_text(progress_phase phase) noexcept;

/// What changes all the time. Others read it meanwhile, and parallel workers write it.
struct progress_counters {
    static constexpr std::int64_t unknown_blocks = -1;

    std::atomic<progress_phase> phase;
    std::atomic<std::int64_t> blocks_done, blocks_total;  ///< of the phase
    std::atomic<std::int32_t> constraints_done, constraints_total;
    std::atomic<std::int64_t> orphans;
};

/// Where other sessions see it. Members raise nothing but what claim() meets on its first call.
struct progress_board {
    progress_counters* (*claim)();  ///< this session's place
    void (*show_child)(std::string_view name);
    void (*release)();
    progress_counters* (*find_leader)();  ///< a parallel worker's leader's; nullptr: it has none
};
void use_progress_board(progress_board const& board) noexcept;

/// A check of so many foreign keys: from its beginning to its end, which an error is, too. One that begins inside of
/// another one, in a function that a query calls, is not followed.
class check_progress {
public:
    explicit check_progress(std::size_t keys);
    check_progress(check_progress const&) = delete;
    check_progress& operator=(check_progress const&) = delete;
    ~check_progress();

    /// Keys of one child, whose qualified name stays good until its end, are examined next.
    void begin_child(std::string_view name);
    /// They are done. `orphans`: of all of them; none: as many as were seen.
    void end_child(std::size_t keys, std::optional<std::int64_t> orphans);

    /// So many keys are done, of all.
    void set_done(std::size_t keys) noexcept;

private:
    progress_counters* outer_;
    std::int32_t done_before_ = 0;
    std::int64_t orphans_before_ = 0;
};

namespace detail {

extern progress_counters* followed_check;  ///< nullptr: nobody looks
extern std::int64_t unseen_orphans;        ///< not in the counters yet

}  // namespace detail

/// Whether somebody may look at the check under way.
inline bool is_followed() noexcept { return detail::followed_check != nullptr; }

/// Makes a parallel worker add to what its leader shows.
void join_progress();

/// What follows may ereport, as a NOTICE does.

/// `done`: where the phase goes on. A parallel worker begins to count its blocks anew; the rest its leader says.
void begin_phase(progress_phase phase, std::int64_t blocks = progress_counters::unknown_blocks, std::int64_t done = 0);
/// So many blocks of the phase are done.
void note_blocks(std::int64_t done);
/// One more key is done before its child's others.
void note_key_done();
/// Some time has passed.
void tick_progress();

inline void note_orphans(std::size_t count) noexcept { detail::unseen_orphans += static_cast<std::int64_t>(count); }

/// What was seen, to go back to where it is looked for once more.
std::int64_t seen_orphans() noexcept;
void reset_orphans(std::int64_t count) noexcept;

/// Milliseconds until tick_progress() may have something to say; -1: it will not.
long progress_wait() noexcept;

/// The blocks of one heap, or of what several processes share of it, as they are read from the first to the last.
class block_meter {
public:
    block_meter(BlockNumber first, BlockNumber count, ParallelBlockTableScanDesc shared) noexcept
        : first_(first),
          count_(count),
          shared_(shared),
          next_(is_followed() ? first : InvalidBlockNumber) {}

    /// A page was read.
    void at(BlockNumber block) {
        if (block >= next_) report(block);
    }
    /// All were.
    void end();

private:
    static constexpr BlockNumber interval = 128;

    void report(BlockNumber block);

    BlockNumber first_, count_;
    ParallelBlockTableScanDesc shared_;
    BlockNumber next_;
};

}  // namespace fkaudit::pg
