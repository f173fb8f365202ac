#include "src/check/extent_files.hpp"

#include "src/keys/part_chains.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// A process's file in the shared set.
struct file_name {
    explicit file_name(std::size_t process) { pg_snprintf(text, sizeof text, "%zu", process); }
    char text[24];
};

std::string_view describe(File file) { return FilePathName(file); }

}  // namespace

extent_files::extent_files(model::arena& arena, SharedFileSet* shared, std::size_t process, std::size_t processes,
                           std::size_t extent_bytes, std::size_t record_bytes)
    : shared_(shared),
      process_(process),
      extent_bytes_(extent_bytes),
      record_bytes_(record_bytes),
      files_(arena.array<File>(processes)),
      place_(reinterpret_cast<std::byte*>(arena.array<std::uint64_t>(extent_bytes / sizeof(std::uint64_t)).data())) {}

File extent_files::open_own() {
    auto& file = files_[process_];
    if (file > 0) return file;
    if (shared_ != nullptr) {
        file = FileSetCreate(&shared_->fs, file_name(process_).text);
    } else {
        PrepareTempTablespaces();
        file = OpenTemporaryFile(false);
    }
    return file;
}

File extent_files::open(std::size_t process) {
    auto& file = files_[process];
    if (file > 0) return file;
    if (shared_ != nullptr) file = FileSetOpen(&shared_->fs, file_name(process).text, O_RDONLY);
    if (file <= 0)
        ereport(ERROR, (errcode_for_file_access(), errmsg("a temporary file of process %zu is gone", process)));
    return file;
}

void extent_files::keep(std::byte* extent, std::size_t bytes, std::uint32_t& id) {
    if (kept_ == UINT32_MAX)
        ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too much data in temporary files")));
    auto const file = open_own();
    auto const size = static_cast<int>(bytes);
    errno = 0;
    if (FileWrite(file, reinterpret_cast<char*>(extent), size, static_cast<off_t>(kept_ * extent_bytes_),
                  WAIT_EVENT_BUFFILE_WRITE) != size) {
        // A short write is a full disk.
        if (errno == 0) errno = ENOSPC;
        ereport(ERROR, (errcode_for_file_access(),
                        errmsg("could not write to temporary file \"%s\": %m", describe(file).data())));
    }
    id = kept_++;
}

std::byte const* extent_files::get(std::size_t process, std::uint32_t id) {
    auto const file = open(process);
    errno = 0;
    // The last extent of a file may be shorter.
    auto const size = FileRead(file, reinterpret_cast<char*>(place_), static_cast<int>(extent_bytes_),
                               static_cast<off_t>(id * extent_bytes_), WAIT_EVENT_BUFFILE_READ);
    if (size < 0)
        ereport(ERROR, (errcode_for_file_access(),
                        errmsg("could not read from temporary file \"%s\": %m", describe(file).data())));
    if (!is_whole(static_cast<std::size_t>(size)))
        ereport(ERROR,
                (errcode(ERRCODE_DATA_CORRUPTED), errmsg("temporary file \"%s\" is too short", describe(file).data())));
    return place_;
}

bool extent_files::is_whole(std::size_t size) const noexcept {
    if (size < sizeof(keys::extent_head)) return false;
    return size - sizeof(keys::extent_head) >=
           reinterpret_cast<keys::extent_head const*>(place_)->count * record_bytes_;
}

void extent_files::close() {
    for (auto& file : files_) {
        if (file > 0) FileClose(file);
        file = 0;
    }
}

}  // namespace fkaudit::check
