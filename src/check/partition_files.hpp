#pragma once

#include "src/model/arena.hpp"
#include "src/pg/postgres.hpp"

namespace fkaudit::check {

/// Records of one size in temporary files, one for each of several parts; temp_file_limit counts them. They go with the
/// subtransaction at the latest. Members but the constructor and `records` may ereport.
class partition_files {
public:
    partition_files(model::arena& arena, MemoryContext context, std::size_t parts, std::size_t record_size);
    partition_files(partition_files const&) = delete;
    partition_files& operator=(partition_files const&) = delete;

    void add(std::size_t part, void const* record) {
        auto& one = parts_[part];
        std::memcpy(one.staged + one.used, record, record_size_);
        one.used += record_size_;
        if (one.used == staged_bytes_) flush(one);
    }

    /// How many records a part has.
    std::size_t records(std::size_t part) const noexcept {
        return (parts_[part].written + parts_[part].used) / record_size_;
    }

    /// Reads a part's records, `use(void const* first, std::size_t count)` for some of them at a time, and gives its file
    /// back. Once for each part, when all are added.
    template <class Use>
    void consume(std::size_t part, Use use) {
        auto& one = parts_[part];
        flush(one);
        rewind(one);
        for (auto left = one.written; left > 0;) {
            CHECK_FOR_INTERRUPTS();
            auto const size = left < read_bytes_ ? left : read_bytes_;
            read(one, size);
            use(static_cast<void const*>(read_), size / record_size_);
            left -= size;
        }
        close(one);
    }

    /// Gives all files back.
    void close();

private:
    struct part {
        BufFile* file = nullptr;
        char* staged = nullptr;
        std::size_t used = 0;
        std::size_t written = 0;
    };

    void flush(part& one);
    void rewind(part& one);
    void read(part& one, std::size_t size);
    void close(part& one);

    MemoryContext context_;
    std::size_t record_size_, staged_bytes_, read_bytes_;
    std::span<part> parts_;
    char* read_;
};

}  // namespace fkaudit::check
