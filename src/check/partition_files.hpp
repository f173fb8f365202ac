#pragma once

#include "src/model/arena.hpp"
#include "src/pg/temporary_file.hpp"

namespace fkaudit::check {

/// Records in parts, which go to one temporary file as their places in memory fill; temp_file_limit counts it. It goes with
/// the subtransaction at the latest. Members but the constructor and `records` may ereport.
class partition_files {
public:
    /// `bytes`: for the parts' places together; each gets whole blocks.
    partition_files(model::arena& arena, MemoryContext context, std::size_t parts, std::size_t record_size,
                    std::size_t bytes);
    partition_files(partition_files const&) = delete;
    partition_files& operator=(partition_files const&) = delete;

    template <class Record>
    void add(std::size_t part, Record const& record) {
        auto& one = parts_[part];
        std::memcpy(one.start + one.used, &record, sizeof record);
        one.used += sizeof record;
        if (one.used == place_size_) flush(one);
    }

    /// How many records a part has.
    std::size_t records(std::size_t part) const noexcept {
        return (parts_[part].extent_count * place_size_ + parts_[part].used) / record_size_;
    }

    /// Reads a part's records in their order, `use(void const* first, std::size_t count)` for some of them at a time. Once
    /// for each part, when all are added.
    template <class Use>
    void consume(std::size_t part, Use use) {
        auto& one = parts_[part];
        for (auto extent = one.first_extent; extent != no_extent; extent = next_extents_[extent]) {
            CHECK_FOR_INTERRUPTS();
            read(extent);
            use(static_cast<void const*>(read_), place_size_ / record_size_);
        }
        if (one.used > 0) use(static_cast<void const*>(one.start), one.used / record_size_);
    }

    /// Gives the file back.
    void close();

private:
    static constexpr std::uint32_t no_extent = ~std::uint32_t{0};

    /// Extents of the file are of one size, and each part's are linked in their order.
    struct part {
        char* start = nullptr;
        std::size_t used = 0;
        std::uint32_t first_extent = no_extent, last_extent = no_extent;
        std::size_t extent_count = 0;
    };

    void flush(part& one);
    void read(std::uint32_t extent);

    MemoryContext context_;
    std::size_t record_size_, place_size_;
    std::span<part> parts_;
    char* read_;
    File file_ = -1;
    std::uint32_t* next_extents_ = nullptr;
    std::uint32_t extent_count_ = 0, extent_room_ = 0;
};

}  // namespace fkaudit::check
