#include "src/check/partition_files.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// Less would be too many writes, more does not make them cheaper.
constexpr std::size_t least_place = 4096, most_place = 65536;

}  // namespace

partition_files::partition_files(model::arena& arena, MemoryContext context, std::size_t parts, std::size_t record_size,
                                 std::size_t bytes)
    : context_(context),
      record_size_(record_size),
      place_size_(std::clamp(bytes / parts / least_place * least_place, least_place, most_place)),
      parts_(arena.array<part>(parts)),
      read_(reinterpret_cast<char*>(arena.array<std::uint64_t>(place_size_ / sizeof(std::uint64_t)).data())) {
    auto const places = arena.array<std::uint64_t>(parts * place_size_ / sizeof(std::uint64_t));
    for (std::size_t number = 0; number < parts; ++number)
        parts_[number].start = reinterpret_cast<char*>(places.data()) + number * place_size_;
}

void partition_files::flush(part& one) {
    if (file_ < 0) {
        PrepareTempTablespaces();
        file_ = OpenTemporaryFile(false);
    }
    if (extent_count_ == extent_room_) {
        if (extent_room_ > no_extent / 4)
            ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too much data in temporary files")));
        auto const room = extent_room_ == 0 ? 256 : 2 * extent_room_;
        auto* const larger =
            static_cast<std::uint32_t*>(MemoryContextAllocHuge(context_, std::size_t{room} * sizeof(std::uint32_t)));
        if (extent_count_ > 0) {
            std::copy_n(next_extents_, extent_count_, larger);
            pfree(next_extents_);
        }
        next_extents_ = larger;
        extent_room_ = room;
    }
    auto const extent = extent_count_;
    auto const size = static_cast<int>(place_size_);
    errno = 0;
    if (FileWrite(file_, one.start, size, static_cast<off_t>(extent * place_size_), WAIT_EVENT_BUFFILE_WRITE) != size) {
        // A short write is a full disk.
        if (errno == 0) errno = ENOSPC;
        ereport(ERROR, (errcode_for_file_access(),
                        errmsg("could not write to temporary file \"%s\": %m", FilePathName(file_))));
    }
    ++extent_count_;
    next_extents_[extent] = no_extent;
    (one.first_extent == no_extent ? one.first_extent : next_extents_[one.last_extent]) = extent;
    one.last_extent = extent;
    ++one.extent_count;
    one.used = 0;
}

void partition_files::read(std::uint32_t extent) {
    auto const size = static_cast<int>(place_size_);
    errno = 0;
    if (FileRead(file_, read_, size, static_cast<off_t>(extent * place_size_), WAIT_EVENT_BUFFILE_READ) == size) return;
    if (errno == 0)
        ereport(ERROR,
                (errcode(ERRCODE_DATA_CORRUPTED), errmsg("temporary file \"%s\" is too short", FilePathName(file_))));
    ereport(ERROR,
            (errcode_for_file_access(), errmsg("could not read from temporary file \"%s\": %m", FilePathName(file_))));
}

void partition_files::close() {
    if (file_ >= 0) FileClose(file_);
    file_ = -1;
}

}  // namespace fkaudit::check
