#pragma once

#include "src/model/arena.hpp"
#include "src/pg/postgres.hpp"

namespace fkaudit::pg {

/// A memory context as a memory_resource. Allocation throws std::bad_alloc and never ereports; everything goes with
/// the context, at the latest when PostgreSQL resets it after an error. Alignment: MAXALIGN at most.
/// Built with FKAUDIT_MALLOC, each block comes from malloc, and sanitizers see its edges and its end; the rest holds.
class context_resource final : public model::memory_resource {
public:
    explicit context_resource(MemoryContext context) noexcept : context_(context) {}

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(model::memory_resource const& other) const noexcept override { return this == &other; }

    MemoryContext context_;
#ifdef FKAUDIT_MALLOC
    struct blocks;
    blocks* blocks_ = nullptr;
#endif
};

}  // namespace fkaudit::pg
