#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/pmr/memory_resource.hpp>
#include <boost/container/vector.hpp>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace fkaudit::model {

using memory_resource = boost::container::pmr::memory_resource;

/// A standard allocator over a memory_resource. It has no default constructor, so that no container falls back to the
/// process's heap unnoticed.
template <class T>
class allocator {
public:
    using value_type = T;

    explicit allocator(memory_resource& resource) noexcept : resource_(&resource) {}
    template <class U>
    allocator(allocator<U> const& other) noexcept : resource_(other.resource()) {}

    T* allocate(std::size_t count) {
        if (count > std::size_t(-1) / sizeof(T)) throw std::bad_alloc();
        return static_cast<T*>(resource_->allocate(count * sizeof(T), alignof(T)));
    }
    void deallocate(T* place, std::size_t count) noexcept {
        resource_->deallocate(place, count * sizeof(T), alignof(T));
    }
    memory_resource* resource() const noexcept { return resource_; }

    friend bool operator==(allocator const& a, allocator const& b) noexcept { return a.resource_ == b.resource_; }
    friend bool operator!=(allocator const& a, allocator const& b) noexcept { return !(a == b); }

private:
    memory_resource* resource_;
};

template <class T>
using vector = boost::container::vector<T, allocator<T>>;

template <class Key, class Value>
using flat_map = boost::container::flat_map<Key, Value, std::less<Key>, allocator<std::pair<Key, Value>>>;

/// Memory that lives as long as one call: what is copied or joined here needs no owner and is never freed alone.
/// Throws std::bad_alloc.
class arena {
public:
    explicit arena(memory_resource& resource) noexcept : resource_(&resource) {}
    arena(arena const&) = delete;
    arena& operator=(arena const&) = delete;

    memory_resource& resource() const noexcept { return *resource_; }

    template <class T>
    operator allocator<T>() const noexcept {
        return allocator<T>(*resource_);
    }

    /// Room for count objects, value-initialised.
    template <class T>
    std::span<T> array(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        if (count == 0) return {};
        T* const place = allocator<T>(*resource_).allocate(count);
        std::uninitialized_value_construct_n(place, count);
        return {place, count};
    }

    template <class T>
    std::span<T const> copy(std::span<T const> source) {
        auto const target = array<T>(source.size());
        std::copy(source.begin(), source.end(), target.begin());
        return target;
    }

    std::string_view copy(std::string_view text) { return concat(text); }

    /// The parts one after the other: texts, single characters and integers.
    template <class... Part>
    std::string_view concat(Part const&... part) {
        std::size_t const size = (length(part) + ... + 0);
        if (size == 0) return {};
        char* const start = allocator<char>(*resource_).allocate(size);
        char* end = start;
        ((end = append(end, part)), ...);
        return {start, static_cast<std::size_t>(end - start)};
    }

    /// The same for a C function: with a zero byte behind them.
    template <class... Part>
    char const* c_string(Part const&... part) {
        return concat(part..., '\0').data();
    }

    /// The items' texts with a separator between them; `text` maps an item to something concat accepts.
    template <class Range, class Text>
    std::string_view join(Range const& items, std::string_view separator, Text text) {
        vector<std::string_view> parts(*this);
        std::size_t size = 0;
        for (auto const& item : items) {
            parts.push_back(as_text(text(item)));
            size += parts.back().size() + (parts.size() > 1 ? separator.size() : 0);
        }
        auto const joined = array<char>(size);
        char* end = joined.data();
        for (std::size_t number = 0; number < parts.size(); ++number) {
            if (number > 0) end = append(end, separator);
            end = append(end, parts[number]);
        }
        return {joined.data(), size};
    }

private:
    static constexpr std::size_t integer_width = 24;

    static std::string_view as_text(std::string_view text) { return text; }
    std::string_view as_text(auto part) { return concat(part); }

    static std::size_t length(std::string_view text) { return text.size(); }
    static std::size_t length(char) { return 1; }
    static std::size_t length(std::integral auto) { return integer_width; }

    static char* append(char* end, std::string_view text) {
        if (!text.empty()) std::memcpy(end, text.data(), text.size());
        return end + text.size();
    }
    static char* append(char* end, char character) {
        *end = character;
        return end + 1;
    }
    static char* append(char* end, std::integral auto number) {
        return std::to_chars(end, end + integer_width, number).ptr;
    }

    memory_resource* resource_;
};

}  // namespace fkaudit::model
