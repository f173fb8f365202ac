#pragma once

#include <compare>

#include "src/plan/row_values.hpp"

namespace fkaudit::plan {

/// Where a row is.
struct row_place {
    model::oid table = model::no_oid;  ///< that holds it: a leaf partition, or a table
    std::uint32_t block = 0;
    std::uint16_t offset = 0;
    bool is_own = false;  ///< written by the transaction that asks: the server checks its keys again when it changes

    friend auto operator<=>(row_place const&, row_place const&) = default;
};

/// The rows as they are now, before anything happens to them.
class row_source {
public:
    row_source() = default;
    row_source(row_source const&) = delete;
    row_source& operator=(row_source const&) = delete;
    virtual ~row_source() = default;

    /// One row that another, by its place in what was asked for, refers to or is referred to by.
    struct match {
        std::size_t of = 0;
        row_place row{};
    };
    /// Good until the next question.
    struct answer {
        std::span<match const> matches{};        ///< by `of`, then in the order in which they are stored
        std::span<key_positions const> nulls{};  ///< parents(): by child, its columns that are NULL
        std::string_view why_not{};              ///< the rows could not be read: a sentence; it stays good
    };
    /// The rows that refer to some rows of one table by a key.
    virtual answer children(model::constraint const& key, std::span<row_place const> parents) = 0;
    /// The rows that some rows of one table would refer to by a key, were its columns at `defaults` set to their
    /// defaults.
    virtual answer parents(model::constraint const& key, key_positions defaults,
                           std::span<row_place const> children) = 0;
    /// What keeps a column from being NULL, as the end of a sentence about it ("is NOT NULL"); empty: nothing.
    virtual std::string_view refuses_null(model::relation const& table, model::column const& column) = 0;
    /// Called again and again while rows are followed: raises where the run is cancelled or has taken too much memory.
    virtual void check_limits() {}
};

}  // namespace fkaudit::plan
