#pragma once

#include "src/check/child_reader.hpp"
#include "src/check/engine.hpp"
#include "src/check/parent_keys.hpp"

namespace fkaudit::check {

/// An object in an arena; its destructor never runs.
template <class T, class... Argument>
T* make_in(model::arena& arena, Argument&&... argument) {
    return new (model::allocator<T>(arena).allocate(1)) T(std::forward<Argument>(argument)...);
}

/// A parent of one or more keys that are examined by a scan.
struct scanned_parent {
    key_format const* format;
    parent_source source;
    parent_keys const* read;  ///< by this process; nullptr: not yet, or by several
    bool is_too_large;
    bool is_vast;  ///< better compared in parts
};

/// A key that is examined by a scan.
struct scanned_key {
    work_item* item;
    key_format format;
    scanned_parent* parent;
    std::span<std::size_t> positions;  ///< of its columns among those that are read
};

/// One reading of a child for some of its keys: the parents' keys first, then the child's pages.
class scan_pass {
public:
    /// `limit`: bytes that the parents' keys may take together.
    scan_pass(pg::call& current, std::size_t limit);
    scan_pass(scan_pass const&) = delete;
    scan_pass& operator=(scan_pass const&) = delete;

    model::arena& arena() noexcept { return arena_; }
    MemoryContext context() const noexcept { return context_.get(); }

    /// Adds a key, whose parent is to be read, unless that of an earlier key is the same.
    void add(work_item& item, key_format const& format);
    /// Takes out the keys whose parents are better compared in parts, by a look at some of their pages:
    /// `leave(work_item&, bool must)`, where there is no other way.
    template <class Leave>
    void leave_vast(Leave leave) {
        begin_parents();
        for (auto* const one : parents_) judge(*one);
        std::size_t count = 0;
        for (auto* const one : keys_) {
            if (one->parent->is_vast)
                leave(*one->item, one->parent->is_too_large);
            else
                keys_[count++] = one;
        }
        keys_.resize(count);
        parents_.erase(
            std::remove_if(parents_.begin(), parents_.end(), [](scanned_parent const* one) { return one->is_vast; }),
            parents_.end());
    }
    /// Reads the parents in this process. Keys whose parents do not fit the memory any more are taken out:
    /// `leave(work_item&, bool is_alone)`, alone where they do not fit even without others.
    template <class Leave>
    void read_parents(Leave leave) {
        read_if([](scanned_parent const&) { return true; }, leave);
    }
    /// The same for parents that may well not fit the half of the memory that processes share: it would be a pity to start
    /// some for nothing. Whether those that were read do fit it.
    template <class Leave>
    bool read_doubtful_parents(Leave leave) {
        read_if([this](scanned_parent const& one) { return is_doubtful(one); }, leave);
        return left_ >= limit_ / 2;
    }
    /// What was read is elsewhere now.
    void forget_parents();

    /// The parents, each once, the largest first.
    std::span<scanned_parent* const> parents() const noexcept { return {parents_.data(), parents_.size()}; }
    /// The keys that were added.
    std::span<scanned_key* const> keys() const noexcept { return {keys_.data(), keys_.size()}; }
    /// The columns of the child that are read for them.
    std::span<wanted_column const> columns() const noexcept { return {columns_.data(), columns_.size()}; }
    /// The child, or its partitions that hold rows, in the order of reading.
    std::span<model::oid const> tables();
    /// Bytes that the parents' keys may take.
    std::size_t limit() const noexcept { return limit_; }

    /// The keys as a reader wants them, but for their sinks.
    std::span<child_key> child_keys();
    /// Tells how far the check is: the parents are read next, or the child.
    void begin_parents();
    void begin_reading();
    /// Reads the child in this process.
    void read(std::span<child_key> keys);
    /// Fills the rows of each verdict but those that its sink counts.
    void report(std::span<child_key const> keys, std::int64_t rows) const;

private:
    template <class Wanted, class Leave>
    void read_if(Wanted wanted, Leave leave) {
        begin_parents();
        std::size_t count = 0;
        for (auto* const one : keys_) {
            if (!wanted(*one->parent) || try_read(*one->parent))
                keys_[count++] = one;
            else
                leave(*one->item, count == 0);
        }
        keys_.resize(count);
        parents_.erase(std::remove_if(parents_.begin(), parents_.end(),
                                      [](scanned_parent const* one) { return one->is_too_large; }),
                       parents_.end());
        choose_columns();
    }
    bool is_doubtful(scanned_parent const& one) const noexcept;
    void judge(scanned_parent& one);
    void choose_columns();
    scanned_parent* find_parent(scanned_key const& one) const;
    scanned_parent* add_parent(scanned_key const& one);
    bool try_read(scanned_parent& one);
    std::size_t want(std::string_view name, column_format const& format);

    scoped_context context_;
    pg::context_resource resource_;
    model::arena arena_;
    std::size_t limit_, left_;
    model::vector<scanned_key*> keys_;
    model::vector<scanned_parent*> parents_;
    model::vector<wanted_column> columns_;
};

/// The tables among these that hold rows, by OID.
std::span<model::oid const> heaps(model::arena& arena, std::span<model::oid const> tables);

}  // namespace fkaudit::check
