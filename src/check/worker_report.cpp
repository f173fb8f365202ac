#include "src/check/worker_report.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// A message begins with its kind.
constexpr char values_follow = 'v', sums_follow = 's';

/// A message of values is sent when it is so large.
constexpr std::size_t full_message = 16384;

struct value_header {
    std::size_t key;
    std::uint64_t count;
    std::uint32_t key_size, shown_size;
};
struct key_sums {
    std::int64_t partly_null, missing_rows, mixed_rows;
    std::uint32_t example_size;
};

void append(model::vector<char>& message, void const* bytes, std::size_t size) {
    auto const* const start = static_cast<char const*>(bytes);
    message.insert(message.end(), start, start + size);
}

template <class T>
T take(std::string_view& message) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, message.data(), sizeof value);
    message.remove_prefix(sizeof value);
    return value;
}

std::string_view take(std::string_view& message, std::size_t size) {
    auto const bytes = message.substr(0, size);
    message.remove_prefix(size);
    return bytes;
}

}  // namespace

void report_writer::add_value(std::size_t key, keys::key_counter::entry const& one) {
    if (message_.empty()) message_.push_back(values_follow);
    value_header const header{key, one.count, static_cast<std::uint32_t>(one.key.size()),
                              static_cast<std::uint32_t>(one.shown.size())};
    append(message_, &header, sizeof header);
    append(message_, one.key.data(), one.key.size());
    append(message_, one.shown.data(), one.shown.size());
    if (message_.size() >= full_message) send();
}

void report_writer::finish(std::int64_t rows, std::span<child_key const> keys,
                           std::span<orphan_counter* const> counters) {
    if (!message_.empty()) send();
    message_.push_back(sums_follow);
    append(message_, &rows, sizeof rows);
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto const& sum = counters[number]->sum();
        auto* const example = reinterpret_cast<varlena*>(DatumGetPointer(sum.best_mixed));
        key_sums const one{keys[number].partly_null, sum.missing_rows, sum.mixed_rows,
                           example == nullptr ? 0 : static_cast<std::uint32_t>(VARSIZE(example))};
        append(message_, &one, sizeof one);
        append(message_, example, one.example_size);
    }
    send();
}

void report_writer::send() {
    // Detached: an error has ended the leader's call, which stops this worker in a moment.
    if (queue_ != nullptr && shm_mq_send(queue_, message_.size(), message_.data(), false, true) != SHM_MQ_SUCCESS)
        queue_ = nullptr;
    message_.clear();
}

void report_reader::read(std::string_view message) {
    switch (take<char>(message)) {
        case values_follow: return read_values(message);
        case sums_follow: return read_sums(message);
        default: elog(ERROR, "fkaudit: a worker sent what nobody understands");
    }
}

void report_reader::read_values(std::string_view message) {
    while (!message.empty()) {
        auto const header = take<value_header>(message);
        auto const key = take(message, header.key_size);
        counters_[header.key]->merge({header.count, key, take(message, header.shown_size)});
    }
}

void report_reader::read_sums(std::string_view message) {
    rows_ += take<std::int64_t>(message);
    ++finished_;
    for (std::size_t number = 0; number < keys_.size(); ++number) {
        auto const one = take<key_sums>(message);
        keys_[number].partly_null += one.partly_null;
        orphan_counter::totals other{one.missing_rows, one.mixed_rows, 0};
        auto const example = take(message, one.example_size);
        // A copy, because a jsonb is aligned.
        auto* const copy = static_cast<char*>(palloc(example.size() + 1));
        if (!example.empty()) {
            std::memcpy(copy, example.data(), example.size());
            other.best_mixed = PointerGetDatum(copy);
        }
        counters_[number]->merge(other);
        pfree(copy);
    }
}

}  // namespace fkaudit::check
