#include "src/watch/saved_counters.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::watch {

namespace {

constexpr char const* path = PGSTAT_STAT_PERMANENT_DIRECTORY "/fkaudit.stat";
constexpr char const* new_path = PGSTAT_STAT_PERMANENT_DIRECTORY "/fkaudit.stat.tmp";

/// What stands at the beginning; a library that lays entries out differently has another entry_size or version.
struct file_header {
    char magic[8] = {'f', 'k', 'a', 'u', 'd', 'i', 't', '\0'};
    std::uint32_t version = 1;
    std::uint32_t server = pg::server_major;
    std::uint64_t entry_size = sizeof(violation_entry);
    std::uint64_t count = 0;
    saved_header values{};
};

/// A file with a running checksum over all that passes.
class checked_file {
public:
    explicit checked_file(FILE* file) noexcept : file_(file) { INIT_CRC32C(sum_); }

    bool write(void const* data, std::size_t size) noexcept {
        COMP_CRC32C(sum_, data, size);
        return fwrite(data, size, 1, file_) == 1;
    }
    bool read(void* data, std::size_t size) noexcept {
        if (fread(data, size, 1, file_) != 1) return false;
        COMP_CRC32C(sum_, data, size);
        return true;
    }
    bool write_sum() noexcept {
        pg_crc32c const sum = finished_sum();
        return fwrite(&sum, sizeof sum, 1, file_) == 1;
    }
    /// The sum follows, and nothing after it.
    bool check_sum() noexcept {
        pg_crc32c const sum = finished_sum();
        pg_crc32c stored = 0;
        return fread(&stored, sizeof stored, 1, file_) == 1 && stored == sum && fgetc(file_) == EOF;
    }

private:
    pg_crc32c finished_sum() const noexcept {
        pg_crc32c sum = sum_;
        FIN_CRC32C(sum);
        return sum;
    }

    FILE* file_;
    pg_crc32c sum_;
};

bool write_all(FILE* file, HTAB* entries, saved_header const& values) {
    checked_file out(file);
    file_header header;
    header.count = static_cast<std::uint64_t>(hash_get_num_entries(entries));
    header.values = values;
    if (!out.write(&header, sizeof header)) return false;

    HASH_SEQ_STATUS walk;
    hash_seq_init(&walk, entries);
    while (auto const* const entry = static_cast<violation_entry const*>(hash_seq_search(&walk)))
        if (!out.write(entry, sizeof *entry)) {
            hash_seq_term(&walk);
            return false;
        }
    return out.write_sum();
}

bool is_ours(file_header const& header) noexcept {
    file_header const expected;
    return std::memcmp(header.magic, expected.magic, sizeof header.magic) == 0 && header.version == expected.version &&
           header.server == expected.server && header.entry_size == expected.entry_size;
}

/// Twice over the file: nothing is kept of one whose end turns out to be wrong.
bool read_all(FILE* file, saved_header& values, void (*keep)(violation_entry const&)) {
    violation_entry entry;
    file_header header;
    for (bool const is_checked : {false, true}) {
        if (fseek(file, 0, SEEK_SET) != 0) return false;
        checked_file in(file);
        if (!in.read(&header, sizeof header) || !is_ours(header)) return false;
        for (std::uint64_t number = 0; number < header.count; ++number) {
            if (!in.read(&entry, sizeof entry)) return false;
            if (is_checked) keep(entry);
        }
        if (!in.check_sum()) return false;
    }
    values = header.values;
    return true;
}

}  // namespace

void write_saved_counters(HTAB* entries, saved_header const& header) {
    FILE* const file = AllocateFile(new_path, PG_BINARY_W);
    bool const is_written = file != nullptr && write_all(file, entries, header);
    bool const is_closed = file == nullptr || FreeFile(file) == 0;
    if (!is_written || !is_closed) {
        ereport(LOG, (errcode_for_file_access(), errmsg("could not write file \"%s\": %m", new_path)));
        (void)unlink(new_path);
        return;
    }
    if (durable_rename(new_path, path, LOG) != 0) (void)unlink(new_path);
}

bool read_saved_counters(saved_header& header, void (*keep)(violation_entry const&)) {
    FILE* const file = AllocateFile(path, PG_BINARY_R);
    if (file == nullptr) {
        if (errno != ENOENT) {
            ereport(WARNING, (errcode_for_file_access(), errmsg("could not read file \"%s\": %m", path),
                              errdetail("The counts of foreign-key violations start anew.")));
            // durable_rename() wants to open what it replaces.
            forget_saved_counters();
        }
        return false;
    }
    bool const is_read = read_all(file, header, keep);
    FreeFile(file);
    if (!is_read)
        ereport(WARNING,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("ignoring invalid data in file \"%s\"", path),
                 errdetail("The counts of foreign-key violations start anew.")));
    forget_saved_counters();
    return is_read;
}

void forget_saved_counters() { (void)unlink(path); }

}  // namespace fkaudit::watch
