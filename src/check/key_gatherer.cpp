#include "src/check/key_gatherer.hpp"

namespace fkaudit::check {

namespace {

constexpr std::size_t most_rows = MaxHeapTuplesPerPage;

}  // namespace

key_gatherer::key_gatherer(model::arena& arena, key_format const& format, std::span<column_format const> columns,
                           std::span<std::size_t const> positions)
    : format_(format),
      columns_(columns),
      positions_(positions),
      rows_(arena.array<std::uint32_t>(most_rows).data()),
      partly_rows_(arena.array<std::uint32_t>(most_rows).data()),
      null_counts_(arena.array<std::uint8_t>(most_rows).data()),
      joined_(arena) {
    switch (format.form) {
        case key_form::word: word_room_ = arena.array<keys::word>(most_rows).data(); break;
        case key_form::pair: pair_room_ = arena.array<keys::pair>(most_rows).data(); break;
        case key_form::text: text_room_ = arena.array<std::string_view>(most_rows).data(); break;
    }
}

void key_gatherer::gather(heap_page const& page) {
    sort_rows(page);
    switch (format_.form) {
        case key_form::word: return gather_words(page);
        case key_form::pair: return gather_pairs(page);
        case key_form::text: return gather_texts(page);
    }
}

void key_gatherer::sort_rows(heap_page const& page) {
    auto const rows = page.rows();
    partly_ = {};
    complete_ = rows;
    all_complete_ = std::none_of(positions_.begin(), positions_.end(),
                                 [&](std::size_t position) { return page.column(position).has_nulls; });
    if (all_complete_) return;

    // Copies of members, which any store could change: the server's headers need -fno-strict-aliasing.
    auto* const complete_rows = rows_;
    std::size_t complete = 0;
    if (positions_.size() == 1) {
        auto const* const nulls = page.column(positions_[0]).nulls;
        for (std::uint32_t row = 0; row < rows; ++row) {
            complete_rows[complete] = row;
            complete += !nulls[row];
        }
        complete_ = complete;
        return;
    }
    std::fill_n(null_counts_, rows, std::uint8_t{0});
    for (auto const position : positions_) {
        auto const& column = page.column(position);
        if (!column.has_nulls) continue;
        auto* const counts = null_counts_;
        auto const* const nulls = column.nulls;
        for (std::uint32_t row = 0; row < rows; ++row) counts[row] += nulls[row];
    }
    auto* const partly_rows = partly_rows_;
    auto const* const null_counts = null_counts_;
    std::size_t partly = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
        complete_rows[complete] = partly_rows[partly] = row;
        complete += null_counts[row] == 0;
        partly += null_counts[row] != 0 && null_counts[row] < positions_.size();
    }
    complete_ = complete;
    partly_ = {partly_rows_, partly};
}

template <class Key>
void key_gatherer::pack_integers(heap_page const& page, Key* into) const {
    std::fill_n(into, complete_, Key{});
    for (std::size_t part = 0; part < positions_.size(); ++part) {
        auto const* const integers = page.column(positions_[part]).integers;
        auto const field = format_.fields[part];
        auto const count = complete_;
        auto const* const rows = rows_;
        if (all_complete_)
            for (std::size_t number = 0; number < count; ++number) place(into[number], field, integers[number]);
        else
            for (std::size_t number = 0; number < count; ++number) place(into[number], field, integers[rows[number]]);
    }
}

void key_gatherer::gather_words(heap_page const& page) {
    if (positions_.size() == 1 && all_complete_) {
        words_ = {reinterpret_cast<keys::word const*>(page.column(positions_[0]).integers), complete_};
        return;
    }
    words_ = {word_room_, complete_};
    if (positions_.size() > 1) return pack_integers(page, word_room_);
    auto const* const integers = page.column(positions_[0]).integers;
    auto const* const rows = rows_;
    auto* const into = word_room_;
    auto const count = complete_;
    for (std::size_t number = 0; number < count; ++number)
        into[number] = static_cast<keys::word>(integers[rows[number]]);
}

void key_gatherer::gather_pairs(heap_page const& page) {
    pairs_ = {pair_room_, complete_};
    if (!format_.fields.empty()) return pack_integers(page, pair_room_);
    auto const* const texts = page.column(positions_[0]).texts;
    for (std::uint32_t number = 0; number < complete_; ++number)
        std::memcpy(&pair_room_[number], texts[row(number)].data(), sizeof(keys::pair));
}

void key_gatherer::gather_texts(heap_page const& page) {
    if (positions_.size() > 1) return join_columns(page);
    auto const* const texts = page.column(positions_[0]).texts;
    if (all_complete_) {
        texts_ = {texts, complete_};
        return;
    }
    for (std::uint32_t number = 0; number < complete_; ++number) text_room_[number] = texts[rows_[number]];
    texts_ = {text_room_, complete_};
}

/// Integers as 8 bytes, whatever their width in the table; other values after their length.
void key_gatherer::join_columns(heap_page const& page) {
    auto const append = [&](void const* bytes, std::size_t size) {
        auto const* const start = static_cast<char const*>(bytes);
        joined_.insert(joined_.end(), start, start + size);
    };
    joined_.clear();
    // The bytes may move while they grow: offsets first, places afterwards.
    for (std::uint32_t number = 0; number < complete_; ++number) {
        auto const start = joined_.size();
        for (std::size_t part = 0; part < positions_.size(); ++part) {
            auto const& column = page.column(positions_[part]);
            if (columns_[part].is_packed_as_integer()) {
                append(&column.integers[row(number)], sizeof(std::int64_t));
                continue;
            }
            auto const text = column.texts[row(number)];
            auto const size = static_cast<std::uint32_t>(text.size());
            append(&size, sizeof size);
            append(text.data(), text.size());
        }
        text_room_[number] = {static_cast<char const*>(nullptr), joined_.size() - start};
    }
    char const* start = joined_.data();
    for (std::uint32_t number = 0; number < complete_; ++number) {
        auto const size = text_room_[number].size();
        text_room_[number] = {start, size};
        start += size;
    }
    texts_ = {text_room_, complete_};
}

}  // namespace fkaudit::check
