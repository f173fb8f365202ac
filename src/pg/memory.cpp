#include "src/pg/memory.hpp"

#ifdef FKAUDIT_MALLOC
#include <cstdlib>
#include <unordered_set>
#endif

namespace fkaudit::pg {

#ifdef FKAUDIT_MALLOC

/// The blocks of one resource; itself malloc's, and freed by the context with all of them.
struct context_resource::blocks {
    MemoryContextCallback callback{};
    std::unordered_set<void*> places;

    static void free_all(void* argument) {
        auto* const self = static_cast<blocks*>(argument);
        for (void* const place : self->places) std::free(place);
        delete self;
    }
};

void* context_resource::do_allocate(std::size_t bytes, std::size_t alignment) {
    if (bytes > MaxAllocHugeSize || alignment > MAXIMUM_ALIGNOF) throw std::bad_alloc();
    if (blocks_ == nullptr) {
        blocks_ = new blocks;
        blocks_->callback.func = blocks::free_all;
        blocks_->callback.arg = blocks_;
        MemoryContextRegisterResetCallback(context_, &blocks_->callback);
    }
    void* const place = std::malloc(bytes == 0 ? 1 : bytes);
    if (place == nullptr) throw std::bad_alloc();
    blocks_->places.insert(place);
    return place;
}

void context_resource::do_deallocate(void* place, std::size_t, std::size_t) {
    if (place == nullptr) return;
    // A block of somebody else would be a fault, and free() tells.
    blocks_->places.erase(place);
    std::free(place);
}

#else

void* context_resource::do_allocate(std::size_t bytes, std::size_t alignment) {
    // An invalid size ereports even with NO_OOM, so it is refused here.
    if (bytes > MaxAllocHugeSize || alignment > MAXIMUM_ALIGNOF) throw std::bad_alloc();
    void* const place =
        MemoryContextAllocExtended(context_, bytes == 0 ? 1 : bytes, MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE);
    if (place == nullptr) throw std::bad_alloc();
    return place;
}

void context_resource::do_deallocate(void* place, std::size_t, std::size_t) {
    if (place != nullptr) pfree(place);
}

#endif

}  // namespace fkaudit::pg
