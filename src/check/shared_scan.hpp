#pragma once

#include "src/check/child_reader.hpp"
#include "src/check/orphan_counter.hpp"
#include "src/check/shared_parents.hpp"
#include "src/check/worker_usage.hpp"

namespace fkaudit::check {

/// What the processes of a scan share, in the dynamic shared memory of a parallel context: the keys, the parents' sets,
/// the heaps to be read, and for each worker a queue to the leader. Beside the queues, the parents' sets and the places that
/// the scans have come to, nothing is written once the workers run. All functions may ereport.
class shared_scan {
public:
    /// What the workers are to do, and with how much memory.
    struct order {
        bool lists = false;              ///< they send the orphans' rows; otherwise they count them
        std::size_t counting_share = 0;  ///< bytes for a key's values
        std::size_t queue_size = 65536;  ///< as that of the executor's
        bool is_followed = false;        ///< they add to what the leader's session shows of its progress
    };

    /// What it takes, asked before the context's memory is made.
    static void estimate(shm_toc_estimator& estimator, scan_pass& pass, int workers, order const& wanted);

    /// Writes it, in the leader.
    static shared_scan create(shm_toc* contents, dsm_segment* segment, scan_pass& pass, int workers,
                              order const& wanted);
    /// Finds it, in a worker.
    static shared_scan attach(shm_toc* contents, dsm_segment* segment);

    /// The child's heaps, each to be read in turn by all processes. `lock`: what this process takes.
    std::span<heap_part> heaps(model::arena& arena, LOCKMODE lock) const;
    std::span<wanted_column> columns(model::arena& arena) const;
    std::size_t keys() const noexcept { return head_->keys; }
    shared_parents& parents() noexcept { return parents_; }
    /// A parent's keys, when they have been read, by the number of the child's; nullptr: they take too much memory.
    key_set const* parent_of(std::size_t key, model::arena& arena) const {
        return parents_.set(keys_[key].parent, arena);
    }

    /// What a worker has of a key: enough to find and count its orphans.
    struct key_copy {
        model::constraint const* key;
        key_format const* format;
        child_key reading;                              ///< without its set
        std::span<std::int16_t const> primary_columns;  ///< those that a list shows
    };
    key_copy copy_key(std::size_t number, model::arena& arena) const;
    order const& wanted() const noexcept { return head_->wanted; }

    shm_mq* make_queue(int worker) const;
    shm_mq* queue(int worker) const;

    worker_usage const& usage() const noexcept { return usage_; }

private:
    struct header {
        std::size_t heaps, columns, keys;
        order wanted;
    };
    struct heap {
        model::oid id;
        ParallelBlockTableScanDescData scan;
    };
    struct column {
        char name[NAMEDATALEN];
        column_format format;
    };
    struct key {
        std::size_t parent;
        std::size_t size;          ///< columns
        std::size_t primary_size;  ///< columns of the primary key, named after them
        key_form form;
        bool has_fields;
        bool is_full;
        column_format formats[INDEX_MAX_KEYS], groups[INDEX_MAX_KEYS];
        keys::field fields[INDEX_MAX_KEYS];
        std::size_t positions[INDEX_MAX_KEYS];
        char names[2 * INDEX_MAX_KEYS][NAMEDATALEN];
        model::oid types[2 * INDEX_MAX_KEYS];
    };

    void fill_heaps(std::span<model::oid const> ids);
    void fill_columns(scan_pass const& pass);
    void fill_key(std::size_t number, scanned_key const& one, std::span<std::int16_t const> primary_columns);

    header* head_ = nullptr;
    heap* heaps_ = nullptr;
    column* columns_ = nullptr;
    key* keys_ = nullptr;
    shared_parents parents_{};
    char* queues_ = nullptr;
    worker_usage usage_{};
};

}  // namespace fkaudit::check
