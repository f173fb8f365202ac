#include "src/pg/memory.hpp"

namespace fkaudit::pg {

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

}  // namespace fkaudit::pg
