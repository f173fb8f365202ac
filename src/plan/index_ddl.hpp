#pragma once

#include "src/plan/key_search.hpp"

namespace fkaudit::plan {

/// Where new indexes get their names.
class index_names {
public:
    index_names() = default;
    index_names(index_names const&) = delete;
    index_names& operator=(index_names const&) = delete;
    virtual ~index_names() = default;

    /// A name that is free in the table's schema and was not given before, made as CREATE INDEX makes one
    /// (indexcmds.c: ChooseIndexName): `columns` are the column names, joined with underscores.
    virtual model::identifier choose(model::relation const& table, std::string_view columns) = 0;
};

/// The SQL that makes the server's search of the child an index scan: one statement a line, none where `obstacle` says
/// why no index can.
struct index_ddl {
    std::string_view statements{};
    std::string_view obstacle{};
};

/// For a key whose search no index serves well.
/// - A table: CREATE INDEX CONCURRENTLY; on the cast where the server casts the column; with COLLATE and an operator
///   class where the defaults would not serve; partial where more than half of a column's values are NULL. Where an
///   index would serve but for being invalid, REINDEX INDEX CONCURRENTLY instead.
/// - A partitioned table: CREATE INDEX … ON ONLY for it and each level below, CREATE INDEX CONCURRENTLY for each leaf,
///   ALTER INDEX … ATTACH PARTITION. Indexes that fit are attached, not created again; the new ones are never partial.
/// The columns keep the key's own order: any order serves the search.
/// `tolerant`: CREATE INDEX … IF NOT EXISTS, for a statement that is printed for several keys.
index_ddl make_index_ddl(model::arena& arena, model::database const& database, model::constraint const& key,
                         std::span<search_condition const> conditions, server_traits server, index_names& names,
                         bool tolerant);

/// Whether one index can serve both keys' searches of the same child: the same columns, casts, operators and
/// collations, in whatever order.
bool search_alike(model::constraint const& a, std::span<search_condition const> a_conditions,
                  model::constraint const& b, std::span<search_condition const> b_conditions) noexcept;

}  // namespace fkaudit::plan
