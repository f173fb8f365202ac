#pragma once

#include <atomic>

#include "src/check/scan_pass.hpp"
#include "src/pg/shared_memory.hpp"

namespace fkaudit::check {

/// A parent that is read by one of several processes, for all of them.
struct shared_parent {
    std::size_t first_table, tables;
    std::uint64_t blocks;
    key_form form;
    bool has_fields;
    bool is_read;      ///< before there were several processes
    std::size_t size;  ///< columns
    char names[INDEX_MAX_KEYS][NAMEDATALEN];
    column_format formats[INDEX_MAX_KEYS];
    keys::field fields[INDEX_MAX_KEYS];
    dsa_pointer place;  ///< of the keys, which begin at the next cache line; invalid: none yet
    key_set set;        ///< its own pointers are those of the process that read them
};

/// The parents' keys of a parallel scan, in the dynamic shared memory of its context. Each process reads the next parent
/// that nobody has begun with; then all of them have the keys of all. Members may ereport.
class shared_parents {
public:
    shared_parents() = default;

    /// What it takes beside the keys, which get memory of their own.
    static std::size_t size(scan_pass const& pass);

    /// Writes, in the leader, which parents there are, and the keys of those that the pass has read. `limit`: bytes for what
    /// is being read, and as many for what is shared.
    static shared_parents create(std::byte* place, dsm_segment* segment, scan_pass const& pass, std::size_t limit);
    /// Finds it, in a worker.
    static shared_parents attach(std::byte* place, dsm_segment* segment);
    /// This process needs the keys no more.
    void detach();

    /// Reads parents until all are read, or being read by others; `lock` is taken for that. Not inside a guard.
    void read(MemoryContext context, LOCKMODE lock);
    /// Waits for what others read.
    void wait();

    /// A parent's keys, by its number in the pass; nullptr: they take more memory than there is.
    key_set const* set(std::size_t parent, model::arena& arena) const;

private:
    struct header {
        std::size_t count;
        std::size_t area;  ///< where it is
        std::atomic<std::size_t> next, finished;
        std::atomic<std::size_t> left;           ///< bytes for what is being read
        std::atomic<std::uint64_t> blocks_done;  ///< of finished parents
        ConditionVariable changed;
    };

    explicit shared_parents(std::byte* place) noexcept;
    void fill(scan_pass const& pass);
    void read_one(shared_parent& one, MemoryContext context, LOCKMODE lock);
    void share(shared_parent& one, key_set const& set);
    std::byte* first_line(shared_parent const& one) const;

    header* head_ = nullptr;
    shared_parent* parents_ = nullptr;
    model::oid* tables_ = nullptr;
    dsa_area* area_ = nullptr;
};

}  // namespace fkaudit::check
