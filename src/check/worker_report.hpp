#pragma once

#include "src/check/child_reader.hpp"
#include "src/check/orphan_counter.hpp"

namespace fkaudit::check {

/// Sends what a worker finds through a queue to the leader: values as they come, several in a message, and sums at the
/// end. When the leader has gone, what is sent is dropped. Members may ereport.
class report_writer {
public:
    report_writer(model::arena& arena, shm_mq_handle* queue) : queue_(queue), message_(arena) {}
    report_writer(report_writer const&) = delete;
    report_writer& operator=(report_writer const&) = delete;

    void add_value(std::size_t key, keys::key_counter::entry const& one);
    /// `counters` are those of the keys.
    void finish(std::int64_t rows, std::span<child_key const> keys, std::span<orphan_counter* const> counters);

private:
    void send();

    shm_mq_handle* queue_;
    model::vector<char> message_;
};

/// What a worker's counter of one key passes on.
class sent_values final : public counted_values {
public:
    sent_values(report_writer& report, std::size_t key) : report_(report), key_(key) {}
    void take(keys::key_counter::entry const& one) override { report_.add_value(key_, one); }

private:
    report_writer& report_;
    std::size_t key_;
};

/// Adds up what workers send. Members may ereport.
class report_reader {
public:
    report_reader(std::span<child_key> keys, std::span<orphan_counter* const> counters)
        : keys_(keys),
          counters_(counters) {}

    void read(std::string_view message);

    std::int64_t rows() const noexcept { return rows_; }
    /// How many workers have sent all.
    int finished() const noexcept { return finished_; }

private:
    void read_values(std::string_view message);
    void read_sums(std::string_view message);

    std::span<child_key> keys_;
    std::span<orphan_counter* const> counters_;
    std::int64_t rows_ = 0;
    int finished_ = 0;
};

}  // namespace fkaudit::check
