#pragma once

#include "src/model/arena.hpp"
#include "src/pg/temporary_file.hpp"

namespace fkaudit::check {

/// Extents of records in temporary files, one of each of the processes that share them, which all can read; what a
/// process writes counts against its temp_file_limit. The files go with the shared set, or with the subtransaction of a
/// process that is alone. Members but the constructor may ereport.
class extent_files {
public:
    /// `shared`: nullptr where the process is alone. `processes`: how many there may be; this one is one of them.
    extent_files(model::arena& arena, SharedFileSet* shared, std::size_t process, std::size_t processes,
                 std::size_t extent_bytes, std::size_t record_bytes);
    extent_files(extent_files const&) = delete;
    extent_files& operator=(extent_files const&) = delete;

    /// Writes an extent to this process's file, and says what it is called there.
    void keep(std::byte* extent, std::size_t bytes, std::uint32_t& id);

    /// An extent of a process's file, until the next one is asked for.
    std::byte const* get(std::size_t process, std::uint32_t id);

    void close();

private:
    File open_own();
    File open(std::size_t process);
    bool is_whole(std::size_t size) const noexcept;

    SharedFileSet* shared_;
    std::size_t process_, extent_bytes_, record_bytes_;
    std::span<File> files_;  ///< 0: not open
    std::uint32_t kept_ = 0;
    std::byte* place_;
};

}  // namespace fkaudit::check
