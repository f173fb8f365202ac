#include "src/check/partition_files.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

constexpr std::size_t staged_records = 64, read_records = 1024;

}  // namespace

partition_files::partition_files(model::arena& arena, MemoryContext context, std::size_t parts, std::size_t record_size)
    : context_(context),
      record_size_(record_size),
      staged_bytes_(staged_records * record_size),
      read_bytes_(read_records * record_size),
      parts_(arena.array<part>(parts)),
      read_(reinterpret_cast<char*>(arena.array<std::uint64_t>(read_bytes_ / sizeof(std::uint64_t) + 1).data())) {
    auto const staged = arena.array<char>(parts * staged_bytes_);
    for (std::size_t number = 0; number < parts; ++number) parts_[number].staged = &staged[number * staged_bytes_];
}

void partition_files::flush(part& one) {
    if (one.used == 0) return;
    if (one.file == nullptr) {
        MemoryContext const before = MemoryContextSwitchTo(context_);
        one.file = BufFileCreateTemp(false);
        MemoryContextSwitchTo(before);
    }
    BufFileWrite(one.file, one.staged, one.used);
    one.written += one.used;
    one.used = 0;
}

void partition_files::rewind(part& one) {
    if (one.file != nullptr && BufFileSeek(one.file, 0, 0, SEEK_SET) != 0)
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not rewind a temporary file")));
}

void partition_files::read(part& one, std::size_t size) {
    if (BufFileRead(one.file, read_, size) != size)
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not read from a temporary file")));
}

void partition_files::close() {
    for (auto& one : parts_) close(one);
}

void partition_files::close(part& one) {
    if (one.file != nullptr) BufFileClose(one.file);
    one = {};
}

}  // namespace fkaudit::check
