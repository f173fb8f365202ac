#pragma once

#include "src/check/child_reader.hpp"
#include "src/check/orphan_counter.hpp"
#include "src/check/scan_pass.hpp"

namespace fkaudit::check {

/// What the processes of a scan share, in the dynamic shared memory of a parallel context: the keys, the parents' sets,
/// the heaps to be read, and for each worker a queue to the leader. Beside the queues and the places that the scans have
/// come to, nothing is written once the workers run. All functions may ereport.
class shared_scan {
public:
    /// What it takes, asked before the context's memory is made.
    static void estimate(shm_toc_estimator& estimator, scan_pass& pass, int workers);

    /// Writes it, in the leader. `share`: bytes that each process may take for counting a key's orphans.
    static shared_scan create(shm_toc* contents, scan_pass& pass, int workers, std::size_t share);
    /// Finds it, in a worker.
    static shared_scan attach(shm_toc* contents);

    /// The child's heaps, each to be read in turn by all processes. `lock`: what this process takes.
    std::span<heap_part> heaps(model::arena& arena, LOCKMODE lock) const;
    std::span<wanted_column> columns(model::arena& arena) const;
    std::size_t keys() const noexcept { return head_->keys; }
    /// A parent's keys, by the number of the child's.
    key_set const* parent_of(std::size_t key, model::arena& arena) const;

    /// What a worker has of a key: enough to find and count its orphans.
    struct key_copy {
        model::constraint const* key;
        key_format const* format;
        child_key reading;
    };
    key_copy copy_key(std::size_t number, model::arena& arena) const;
    std::size_t counting_share() const noexcept { return head_->share; }

    shm_mq* make_queue(int worker) const;
    shm_mq* queue(int worker) const;

    /// The leader's query, for pg_stat_activity, and what each worker read, for EXPLAIN.
    char const* query() const noexcept { return query_; }
    BufferUsage* buffers(int worker) const noexcept { return buffers_ + worker; }
    WalUsage* wal(int worker) const noexcept { return wal_ + worker; }

private:
    struct header {
        std::size_t heaps, columns, keys, sets, share;
    };
    struct heap {
        model::oid id;
        ParallelBlockTableScanDescData scan;
    };
    struct column {
        char name[NAMEDATALEN];
        column_format format;
    };
    /// A parent's keys; the set's own pointers are those of the process that read them.
    struct parent {
        key_set set;
        std::size_t offset;  ///< of its memory
    };
    struct key {
        std::size_t parent;
        std::size_t size;  ///< columns
        key_form form;
        bool has_fields;
        bool is_full;
        column_format formats[INDEX_MAX_KEYS], groups[INDEX_MAX_KEYS];
        keys::field fields[INDEX_MAX_KEYS];
        std::size_t positions[INDEX_MAX_KEYS];
        char names[INDEX_MAX_KEYS][NAMEDATALEN];
        model::oid types[INDEX_MAX_KEYS];
    };

    void fill_heaps(std::span<model::oid const> ids);
    void fill_columns(scan_pass const& pass);
    void fill_parents(scan_pass const& pass);
    void fill_key(std::size_t number, scanned_key const& one);
    std::byte* set_memory() const noexcept;

    header* head_ = nullptr;
    heap* heaps_ = nullptr;
    column* columns_ = nullptr;
    key* keys_ = nullptr;
    parent* parents_ = nullptr;
    std::byte* memory_ = nullptr;
    char* queues_ = nullptr;
    char* query_ = nullptr;
    BufferUsage* buffers_ = nullptr;
    WalUsage* wal_ = nullptr;
};

}  // namespace fkaudit::check
