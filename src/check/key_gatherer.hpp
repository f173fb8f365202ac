#pragma once

#include "src/check/heap_reader.hpp"

namespace fkaudit::check {

/// The keys of one page, packed: complete ones side by side, those with NULLs set apart. Keys of pages with and without
/// NULLs never meet in one batch.
class key_gatherer {
public:
    /// `formats` and `positions`: the key's columns, and where the page has each.
    key_gatherer(model::arena& arena, key_format const& format, std::span<column_format const> columns,
                 std::span<std::size_t const> positions);
    key_gatherer(key_gatherer const&) = delete;
    key_gatherer& operator=(key_gatherer const&) = delete;

    void gather(heap_page const& page);

    /// How many keys of the page have no NULL.
    std::size_t complete() const noexcept { return complete_; }
    /// The row of a complete key.
    std::uint32_t row(std::uint32_t number) const noexcept { return all_complete_ ? number : rows_[number]; }
    /// The rows whose keys are NULL in part.
    std::span<std::uint32_t const> partly_null() const noexcept { return partly_; }

    /// The complete keys in the format's form; empty in other forms.
    std::span<keys::word const> words() const noexcept { return words_; }
    std::span<keys::pair const> pairs() const noexcept { return pairs_; }
    std::span<std::string_view const> texts() const noexcept { return texts_; }

private:
    void sort_rows(heap_page const& page);
    void gather_words(heap_page const& page);
    void gather_pairs(heap_page const& page);
    void gather_texts(heap_page const& page);
    template <class Key>
    void pack_integers(heap_page const& page, Key* into) const;
    void join_columns(heap_page const& page);

    key_format const& format_;
    std::span<column_format const> columns_;
    std::span<std::size_t const> positions_;
    bool all_complete_ = true;
    std::size_t complete_ = 0;
    std::uint32_t* rows_;
    std::uint32_t* partly_rows_;
    std::span<std::uint32_t const> partly_{};
    std::uint8_t* null_counts_;
    keys::word* word_room_ = nullptr;
    keys::pair* pair_room_ = nullptr;
    std::string_view* text_room_ = nullptr;
    std::span<keys::word const> words_{};
    std::span<keys::pair const> pairs_{};
    std::span<std::string_view const> texts_{};
    model::vector<char> joined_;
};

}  // namespace fkaudit::check
