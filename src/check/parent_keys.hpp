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

/// The keys that a parent has, as the active snapshot sees them, in memory of their own.
class parent_keys {
public:
    /// Nothing is read yet. `limit`: bytes that it may take.
    parent_keys(MemoryContext above, std::size_t limit, key_format const& format);

    /// Reads the keys of the parent's tables; those that are NULL in part are nobody's parent. Error: over_budget.
    void read(std::span<model::oid const> tables, std::span<wanted_column const> columns);

    /// What was read.
    key_set const& set() const noexcept { return set_; }

    /// Bytes that it takes.
    std::size_t bytes() const noexcept { return limit_ - memory_.left(); }

private:
    template <class Add>
    void read_tables(std::span<model::oid const> tables, std::span<wanted_column const> columns, Add add);

    scoped_context context_;
    pg::context_resource source_;
    keys::bounded_memory memory_;
    std::size_t limit_;
    key_format const& format_;
    key_set set_{};
};

}  // namespace fkaudit::check
