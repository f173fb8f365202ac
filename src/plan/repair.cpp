#include "src/plan/repair.hpp"

#include <algorithm>

#include "src/plan/literal.hpp"
#include "src/plan/quarantine.hpp"
#include "src/plan/statement_block.hpp"

namespace fkaudit::plan {

namespace {

using text = std::string_view;

class writer {
public:
    writer(model::arena& arena, repair const& wanted) : arena_(arena), wanted_(wanted), steps_(arena) {}

    std::span<plan_step const> write() {
        for (auto const& one : wanted_.quarantines) create(one);
        for (auto const& one : wanted_.sets)
            for (auto const& portion : one.portions) change(one, portion, &portion == one.portions.data());
        for (auto const& one : wanted_.stubs) insert(one);
        return arena_.copy(std::span<plan_step const>(steps_.data(), steps_.size()));
    }

private:
    bool writes_key() const { return wanted_.way == repair_way::set_null || wanted_.way == repair_way::set_default; }

    void create(quarantine const& one) {
        steps_.push_back({create_quarantine(arena_, one), arena_.concat("ACCESS SHARE on ", one.table->qualified),
                          "nobody waits",
                          arena_.concat("makes ", qualified_name(arena_, one), " for rows of ", one.table->qualified,
                                        ", with all columns, the same owner and no grants; a superuser can undo: ",
                                        undo_quarantine(arena_, one))});
    }

    quarantine const& quarantine_of(model::relation const& table) const {
        for (auto const& one : wanted_.quarantines)
            if (one.table->id == table.id) return one;
        return wanted_.quarantines.front();
    }

    void change(row_set const& set, row_portion const& portion, bool is_first) {
        // An UPDATE may move a row to another partition, which it can from the top alone.
        bool const in_leaf = portion.table != nullptr && !writes_key();
        auto const source = in_leaf ? arena_.concat("ONLY ", portion.table->qualified, " c") : set.source;
        text where = set.condition;
        if (portion.table != nullptr && portion.table->id != set.table->id && !in_leaf)
            where = arena_.concat("c.tableoid OPERATOR(pg_catalog.=) ", regclass_literal(arena_, *portion.table),
                                  "::pg_catalog.regclass AND ", where);
        if (!portion.after.empty())
            where = arena_.concat(where, place(" AND c.ctid OPERATOR(pg_catalog.>) ", portion.after));
        if (!portion.up_to.empty())
            where = arena_.concat(where, place(" AND c.ctid OPERATOR(pg_catalog.<=) ", portion.up_to));
        steps_.push_back({write_block(arena_, arena_.concat("DECLARE fk_rows pg_catalog.int8; BEGIN ",
                                                            write_change(set, source, where),
                                                            check_count(set.table->qualified, portion.rows), " END")),
                          arena_.concat("ROW EXCLUSIVE on ", set.table->qualified),
                          "writes of the same rows wait; others go on", describe(set, portion, is_first),
                          portion.rows});
    }

    text place(text comparison, text where) const {
        return arena_.concat(comparison, literal(arena_, where), "::pg_catalog.tid");
    }

    text write_change(row_set const& set, text source, text where) const {
        auto const& table = *set.table;
        constexpr text get_count = "; GET DIAGNOSTICS fk_rows = ROW_COUNT;";
        if (wanted_.way == repair_way::set_aside)
            return arena_.concat("WITH gone AS (DELETE FROM ", source, " WHERE ", where, " RETURNING ",
                                 list_columns(arena_, table, "c."), "), kept AS (INSERT INTO ",
                                 qualified_name(arena_, quarantine_of(table)), " (", list_columns(arena_, table, ""),
                                 ") SELECT ", list_columns(arena_, table, "g."),
                                 " FROM gone g RETURNING 1) SELECT pg_catalog.count(*) INTO fk_rows FROM kept;");
        if (wanted_.way == repair_way::remove)
            return arena_.concat("DELETE FROM ", source, " WHERE ", where, get_count);
        auto const value = wanted_.way == repair_way::set_null ? text(" = NULL") : text(" = DEFAULT");
        // A key can name a column twice, an UPDATE cannot.
        model::vector<std::int16_t> written(arena_);
        for (auto const number : repaired_columns(*wanted_.key, wanted_.way))
            if (std::find(written.begin(), written.end(), number) == written.end()) written.push_back(number);
        auto const changes = arena_.join(
            std::span<std::int16_t const>(written.data(), written.size()), ", ",
            [&](std::int16_t number) { return arena_.concat(table.find_column(number)->name.quoted, value); });
        return arena_.concat("UPDATE ", source, " SET ", changes, " WHERE ", where, get_count);
    }

    text check_count(text table, std::int64_t rows) const {
        return arena_.concat(
            " IF fk_rows OPERATOR(pg_catalog.<>) ", rows,
            " THEN RAISE EXCEPTION 'expected % rows of % to change, not %', ", rows, ", ", literal(arena_, table),
            ", fk_rows USING ERRCODE = '55000', DETAIL = 'Nothing is changed.', HINT = 'Rows have changed since the"
            " plan was made, or a trigger or a rule kept them: make a new plan.'; END IF;");
    }

    text describe(row_set const& set, row_portion const& portion, bool is_first) const {
        auto const done = arena_.concat(verb(), portion.rows, portion.rows == 1 ? " row" : " rows", which(set),
                                        target(set), reason(set, portion.rows));
        if (!is_first) return done;
        return arena_.concat(done, set.via == nullptr ? separated(wanted_.side_effects) : text(),
                             separated(wanted_.triggers));
    }

    text which(row_set const& set) const {
        if (set.via != nullptr) return arena_.concat(" of ", set.table->qualified);
        return set.is_partly_null ? " whose MATCH FULL key is NULL in part" : " without a parent";
    }

    text reason(row_set const& set, std::int64_t rows) const {
        if (set.via == nullptr) return {};
        return arena_.concat(", because ", rows == 1 ? "it references " : "they reference ", set.via->parent->qualified,
                             " by ", set.via->name.quoted, " (ON DELETE CASCADE)");
    }

    text verb() const {
        switch (wanted_.way) {
            case repair_way::remove: return "deletes ";
            case repair_way::set_null: return "sets NULL in ";
            case repair_way::set_default: return "sets the default in ";
            default: return "moves ";
        }
    }

    text target(row_set const& set) const {
        switch (wanted_.way) {
            case repair_way::remove: return ", and keeps no copy";
            case repair_way::set_aside: return arena_.concat(" to ", qualified_name(arena_, quarantine_of(*set.table)));
            default: return ", and does not keep the keys that were there";
        }
    }

    text separated(text more) const { return more.empty() ? text() : arena_.concat("; ", more); }

    void insert(stub_set const& set) {
        auto const& parent = *set.key->parent;
        auto const most = std::max<std::int64_t>(wanted_.batch_rows, 1);
        for (std::int64_t done = 0; done < set.keys; done += most) {
            auto const keys = std::min(most, set.keys - done);
            bool const is_last = done + keys == set.keys;
            auto const limit = set.keys > most ? arena_.concat(" LIMIT ", keys) : text();
            steps_.push_back(
                {write_block(arena_, arena_.concat("DECLARE fk_rows pg_catalog.int8; BEGIN ", one_connection(parent),
                                                   write_insert(set), limit, "; GET DIAGNOSTICS fk_rows = ROW_COUNT;",
                                                   check_count(parent.qualified, keys),
                                                   is_last ? check_remaining(set) : text(), " END")),
                 arena_.concat("ROW EXCLUSIVE on ", parent.qualified), "nobody waits but for the same keys",
                 arena_.concat("inserts ", keys, keys == 1 ? " row" : " rows", " into ", parent.qualified,
                               ", with the missing keys and defaults", sequence_note(*set.key),
                               done == 0 ? separated(wanted_.triggers) : text()),
                 keys});
        }
    }

    /// Citus writes a table that is on every node only after reading by one connection to each of them.
    static text one_connection(model::relation const& parent) {
        if (parent.spread != model::spreading::reference) return {};
        return "PERFORM pg_catalog.set_config('citus.multi_shard_modify_mode', 'sequential', true); ";
    }

    text write_insert(stub_set const& set) const {
        auto const& key = *set.key;
        bool has_identity = false;
        for (auto const number : key.parent_columns)
            has_identity = has_identity || key.parent->find_column(number)->identity != '\0';
        return arena_.concat("INSERT INTO ", key.parent->qualified, " (",
                             model::column_list(arena_, *key.parent, key.parent_columns), ")",
                             has_identity ? " OVERRIDING SYSTEM VALUE " : " ", set.select);
    }

    /// A value that the parent's type rounds or cuts off is not the child's any more.
    text check_remaining(stub_set const& set) const {
        return arena_.concat(
            " IF EXISTS (", set.remaining,
            ") THEN RAISE EXCEPTION 'the new rows of % are not the parents of all rows', ",
            literal(arena_, set.key->parent->qualified),
            " USING ERRCODE = '55000', DETAIL = 'Nothing is changed.', HINT = 'A trigger changed them, the parent''s type"
            " does not hold the values, or rows have changed since the plan was made.'; END IF;");
    }

    text sequence_note(model::constraint const& key) const {
        for (auto const number : key.parent_columns) {
            auto const& column = *key.parent->find_column(number);
            if (column.identity != '\0' || column.has_default)
                return arena_.concat("; where a sequence numbers ", column.name.quoted, ", set it beyond these keys");
        }
        return {};
    }

    model::arena& arena_;
    repair const& wanted_;
    model::vector<plan_step> steps_;
};

}  // namespace

std::span<plan_step const> plan_repair(model::arena& arena, repair const& wanted) {
    return writer(arena, wanted).write();
}

}  // namespace fkaudit::plan
