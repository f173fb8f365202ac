#pragma once

#include "src/plan/key_search.hpp"

namespace fkaudit::audit {

/// How the child's indexes serve the server's search for a parent's rows; worst first.
enum class index_verdict {
    missing,   ///< none leads with any of the key's columns
    unusable,  ///< one has the right columns, but is invalid, partial, or of another cast, collation or operator family
    weak,      ///< one leads with some of the columns, or its access method only narrows the search
    covered,
};

/// `missing`, `unusable`, `weak`, `covered`.
std::string_view to_text(index_verdict verdict) noexcept;

struct index_coverage {
    index_verdict verdict = index_verdict::missing;
    model::index const* nearest = nullptr;  ///< the one that covers, or comes nearest; nullptr: none has the columns
    std::string_view reason{};              ///< what is wrong, and where; empty when one index covers
    bool is_single_row = false;             ///< weak, but through a unique index: at most one row is left to filter
};

/// Judges as the planner would plan the search (indxpath.c: match_clause_to_indexcol; predtest.c), reading stored
/// expressions and predicates only. A partitioned child gets the worst of its leaves' verdicts, and the reason names
/// the leaves; without any leaf, its own indexes count.
index_coverage judge_coverage(model::arena& arena, model::database const& database, model::constraint const& key,
                              std::span<plan::search_condition const> conditions, plan::server_traits server);

}  // namespace fkaudit::audit
