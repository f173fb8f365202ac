#pragma once

#include "src/check/key_set.hpp"
#include "src/pg/memory.hpp"

namespace fkaudit::check {

/// For hashing keys: nobody who writes the tables can know it.
std::uint64_t make_seed();

/// A memory context below another one, gone with this object. Deleting a context never ereports.
class scoped_context {
public:
    scoped_context(MemoryContext above, char const* name);
    scoped_context(scoped_context const&) = delete;
    scoped_context& operator=(scoped_context const&) = delete;
    ~scoped_context() { MemoryContextDelete(context_); }

    MemoryContext get() const noexcept { return context_; }

private:
    MemoryContext context_;
};

/// About how many rows a block has, rather too few.
inline constexpr std::uint64_t rows_in_a_block = 32;

/// What holds a parent's keys, and how they lie there.
struct parent_source {
    std::span<model::oid const> tables{};
    std::span<wanted_column const> columns{};
    std::uint64_t blocks = 0;  ///< of the tables
};

/// The keys that a parent has, as the active snapshot sees them, in memory of their own.
class parent_keys {
public:
    /// Nothing is read yet. `limit`: bytes that it may take, or what is left for it and for others.
    template <class Limit>
    parent_keys(MemoryContext above, Limit&& limit, key_format const& format)
        : context_(above, "fkaudit parent keys"),
          source_(context_.get()),
          memory_(source_, std::forward<Limit>(limit)),
          format_(format) {}

    /// Reads the keys; those that are NULL in part are nobody's parent. `lock`: to be taken while a table is read.
    /// Error: over_budget.
    void read(parent_source const& from, LOCKMODE lock);

    /// What was read.
    key_set const& set() const noexcept { return set_; }

    /// Bytes that it takes.
    std::size_t bytes() const noexcept { return memory_.taken(); }

private:
    template <class Add>
    void read_tables(parent_source const& from, LOCKMODE lock, Add add);

    scoped_context context_;
    pg::context_resource source_;
    keys::bounded_memory memory_;
    key_format const& format_;
    key_set set_{};
};

}  // namespace fkaudit::check
