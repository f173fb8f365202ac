#pragma once

#include <atomic>
#include <cstdint>

namespace fkaudit::keys {

/// Phases that several processes go through together: nobody begins one before all that take part have ended the one
/// before. Who comes late takes part from the phase under way on, and who never comes is waited for by nobody. It lives in
/// memory that the processes share; how to wait is theirs to say.
class phases {
public:
    /// Takes part from now on. Returns the phase under way; the first one is 0.
    std::uint32_t join() noexcept { return phase_of(state_.fetch_add(one_member)); }

    std::uint32_t current() const noexcept { return phase_of(state_.load()); }

    /// One that takes part has ended the phase under way. Whether it was the last one: the next phase has begun then.
    bool arrive() noexcept {
        auto seen = state_.load();
        for (;;) {
            bool const is_last = arrived(seen) + 1 == members(seen);
            auto const next = is_last ? seen + one_phase - arrived(seen) : seen + 1;
            if (state_.compare_exchange_weak(seen, next)) return is_last;
        }
    }

private:
    // How many have arrived: 16 bits; how many take part: 16; the phase: 32.
    static constexpr std::uint64_t one_member = std::uint64_t{1} << 16, one_phase = std::uint64_t{1} << 32;
    static constexpr std::uint64_t mask = 0xffff;

    static std::uint64_t arrived(std::uint64_t state) noexcept { return state & mask; }
    static std::uint64_t members(std::uint64_t state) noexcept { return state >> 16 & mask; }
    static std::uint32_t phase_of(std::uint64_t state) noexcept { return static_cast<std::uint32_t>(state >> 32); }

    std::atomic<std::uint64_t> state_{0};
};

}  // namespace fkaudit::keys
