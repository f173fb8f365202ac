#pragma once

#include <memory>
#include <vector>

#include "src/model/arena.hpp"

namespace fkaudit::test {

/// Memory for an arena that lives as long as a test; each allocation is one of its own, so that the sanitizers see an
/// overrun.
class heap final : public model::memory_resource {
private:
    void* do_allocate(std::size_t bytes, std::size_t) override {
        blocks_.push_back(std::make_unique<char[]>(bytes));
        return blocks_.back().get();
    }
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    bool do_is_equal(model::memory_resource const& other) const noexcept override { return this == &other; }

    std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace fkaudit::test
