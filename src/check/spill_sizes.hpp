#pragma once

#include <cstddef>
#include <cstdint>

namespace fkaudit::check {

/// Sizes that a comparison in parts goes by. Built with FKAUDIT_SPILL, for the fuzzer, every key that can be compared so
/// is, and a few rows do what otherwise takes thousands.
#ifdef FKAUDIT_SPILL
inline constexpr bool spills_all = true;
inline constexpr std::size_t least_extent = 64, most_extent = 64, missing_bytes = 0;
inline constexpr std::uint64_t least_group = 4;
#else
inline constexpr bool spills_all = false;
/// Of what goes to files. Less would be too many writes, more does not make them cheaper.
inline constexpr std::size_t least_extent = 4096, most_extent = 16384;
/// A process's keys without a parent, before they are written.
inline constexpr std::size_t missing_bytes = 65536;
/// A group's rows, at the least: the pages of a group are read again where one of them has an orphan.
inline constexpr std::uint64_t least_group = 8192;
#endif

/// Parts fit a processor's cache, if there need not be too many of them: each has its place in memory.
inline constexpr std::size_t part_bytes = 1 << 20, least_parts = 8, most_parts = 256;

}  // namespace fkaudit::check
