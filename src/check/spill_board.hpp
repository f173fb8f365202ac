#pragma once

#include "src/check/engine.hpp"
#include "src/check/heap_reader.hpp"
#include "src/keys/part_chains.hpp"
#include "src/keys/phases.hpp"
#include "src/keys/row_groups.hpp"
#include "src/pg/shared_memory.hpp"
#include "src/pg/temporary_file.hpp"

namespace fkaudit::check {

/// The two sides of a key, as what is written of each is kept apart.
enum class key_side : std::size_t { parent, child };

/// What both sides' keys go through. Later phases need all that earlier ones have written.
enum class spill_phase : std::uint32_t { reading_parent, reading_child, comparing, compared };

/// How both sides of a key are to be compared in parts: the same for all processes.
struct spill_plan {
    struct column {
        char name[NAMEDATALEN];
        column_format format;
    };

    key_form form;
    bool has_fields, is_full;
    bool is_followed;       ///< workers add to what the leader's session shows of its progress
    std::size_t width;      ///< columns of the key
    std::size_t processes;  ///< at the most; the leader is the first one
    std::size_t parts;
    std::size_t extent_bytes;
    std::size_t table_limit;    ///< bytes for the parts' sets that are there at a time
    std::size_t missing_limit;  ///< bytes for a process's keys without a parent, before they are written
    std::uint64_t group_rows;
    std::size_t most_groups;
    std::uint64_t choosing_seed, seed;
    std::size_t heaps[2];               ///< of each side
    column columns[2][INDEX_MAX_KEYS];  ///< of each side
    keys::field fields[INDEX_MAX_KEYS];

    std::size_t record_bytes() const noexcept {
        return form == key_form::word ? sizeof(keys::word) : sizeof(keys::pair);
    }
    std::size_t heaps_of(key_side side) const noexcept { return heaps[static_cast<std::size_t>(side)]; }

    /// What packs the keys; without the columns.
    key_format format() const noexcept;
    std::span<wanted_column> wanted(model::arena& arena, key_side side) const;
};

/// What the processes that compare a key's sides in parts have in common: the plan, the heaps' pages that nobody has read
/// yet, where each has written what, and how far they are. In memory that they share, or in that of one that is alone.
class spill_board {
public:
    static std::size_t size(spill_plan const& plan) noexcept;

    /// Writes it, in the leader. `memory`: so many bytes. `segment`: what the memory is of; nullptr: this process is alone.
    /// May ereport.
    static spill_board create(std::byte* memory, dsm_segment* segment, spill_plan const& plan,
                              std::span<model::oid const> parents, std::span<model::oid const> children);
    /// Finds it, in a worker. May ereport.
    static spill_board attach(std::byte* memory, dsm_segment* segment);

    spill_plan const& plan() const noexcept { return head_->plan; }
    /// nullptr: there is one process only.
    SharedFileSet* files() const noexcept { return head_->is_shared ? &head_->files : nullptr; }

    /// A side's heaps, each to be read in turn by all processes. `lock`: what this process takes.
    std::span<heap_part> heaps(model::arena& arena, key_side side, LOCKMODE lock) const;

    /// What a process has written of a side, by parts, and the keys without a parent that it has found. Good when the phase
    /// in which it is written has ended.
    keys::part_chain* written(std::size_t process, key_side side) const noexcept {
        return chains_ + (2 * process + static_cast<std::size_t>(side)) * plan().parts;
    }
    keys::part_chain& missing(std::size_t process) const noexcept {
        return chains_[2 * plan().processes * plan().parts + process];
    }
    /// A side's keys in a part.
    std::uint64_t records(key_side side, std::size_t part) const noexcept;

    keys::row_groups groups() const noexcept { return {groups_, plan().most_groups, plan().parts, plan().processes}; }

    void add_rows(std::int64_t rows, std::int64_t partly_null) noexcept {
        head_->rows += rows;
        head_->partly_null += partly_null;
    }
    std::int64_t rows() const noexcept { return head_->rows; }
    std::int64_t partly_null() const noexcept { return head_->partly_null; }

    /// The next part that nobody has compared yet; there may be none. How many compare before this one.
    std::size_t take_part() noexcept { return head_->next_part++; }
    std::size_t join_comparison() noexcept { return head_->comparing++; }

    spill_phase join() noexcept { return static_cast<spill_phase>(head_->phases.join()); }
    spill_phase phase() const noexcept { return static_cast<spill_phase>(head_->phases.current()); }
    /// Says that a phase has begun, where somebody follows the check. May ereport.
    void tell(spill_phase phase) const;
    /// This process has ended the phase under way. May ereport.
    void end();
    /// Waits until the phase has ended, or for some time: `patience` in milliseconds, -1: no matter how long. Whether it
    /// has ended. May ereport.
    bool wait(spill_phase phase, long patience = -1);

private:
    struct header {
        spill_plan plan;
        bool is_shared;
        keys::phases phases;
        ConditionVariable changed;
        std::atomic<std::int64_t> rows, partly_null;
        std::atomic<std::size_t> next_part, comparing;
        SharedFileSet files;
    };
    struct heap {
        model::oid id;
        ParallelBlockTableScanDescData scan;
    };

    spill_board(std::byte* memory, spill_plan const& plan) noexcept;
    std::span<heap> heaps_of(key_side side) const noexcept;
    void fill_heaps(heap* into, std::span<model::oid const> ids);

    header* head_;
    heap* heaps_;
    keys::part_chain* chains_;
    std::byte* groups_;
};

}  // namespace fkaudit::check
