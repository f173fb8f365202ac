#include "src/entry/table_facts.hpp"

#include <algorithm>

#include "src/pg/spi.hpp"

namespace fkaudit::entry {

using model::oid;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

std::span<plan::table_fact const> load_table_facts(pg::call& current, std::span<oid const> tables, oid heir_of) {
    auto const rows = select<row<oid, char, std::optional<text>, bool, bool>>(current.arena(), R"(
WITH RECURSIVE below(root, id) AS (
    SELECT r, r FROM unnest($1) AS r
    UNION
    SELECT b.root, i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.id
      JOIN pg_class c ON c.oid = i.inhrelid AND (c.relispartition OR b.root = $2))
SELECT b.root, 't'::"char", t.tgname::text AS name, t.tgtype & 8 <> 0, t.tgtype & 16 <> 0
  FROM below b JOIN pg_trigger t ON t.tgrelid = b.id
 WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled IN ('O', 'A') AND t.tgtype & 24 <> 0
UNION
SELECT b.root, 'r', r.rulename::text, r.ev_type = '4', r.ev_type = '2'
  FROM below b JOIN pg_rewrite r ON r.ev_class = b.id
 WHERE b.id = b.root AND r.ev_enabled IN ('O', 'A') AND r.ev_type IN ('2', '4')
UNION
SELECT b.root, 'p', a.attname::text, false, true
  FROM below b JOIN pg_partitioned_table p ON p.partrelid = b.id CROSS JOIN unnest(p.partattrs::int2[]) AS number
  LEFT JOIN pg_attribute a ON a.attrelid = b.id AND a.attnum = number AND number > 0
 ORDER BY 1, 2, 3)",
                                                                              tables, heir_of);
    using kind = plan::table_fact::kind;
    auto const facts = current.arena().array<plan::table_fact>(rows.size());
    std::transform(rows.begin(), rows.end(), facts.begin(), [&](auto const& one) -> plan::table_fact {
        auto const& [table, what, name, on_delete, on_update] = one;
        auto const quoted =
            pg::guarded([&, &name = name] { return name ? pg::spi::quote_name(current.arena(), *name) : text(); });
        return {table,
                what == 't'   ? kind::trigger
                : what == 'r' ? kind::rule
                              : kind::partition_column,
                quoted, on_delete, on_update};
    });
    return facts;
}

}  // namespace fkaudit::entry
