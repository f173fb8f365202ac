#include "src/entry/row_finder.hpp"

#include "src/audit/enforcement.hpp"
#include "src/check/repair_sql.hpp"
#include "src/pg/spi.hpp"
#include "src/plan/references.hpp"

namespace fkaudit::entry {

namespace {

using model::constraint;
using model::relation;
using text = std::string_view;

/// Rows that reference rows that reference rows … further than any that a person still can judge.
constexpr int most_levels = 16;

text count_rows(model::arena& arena, std::int64_t rows) { return arena.concat(rows, rows == 1 ? " row" : " rows"); }

[[noreturn]] void refuse_depth(model::arena& arena, relation const& table) {
    throw model::error{
        "54001", "the rows that reference each other go on for too long",
        arena.concat("After ", most_levels, " keys, rows of ", table.qualified, " still reference others."),
        "Use a strategy that deletes nothing, or repair these rows yourself."};
}

bool includes(std::span<std::int16_t const> all, std::span<std::int16_t const> some) {
    return std::all_of(some.begin(), some.end(),
                       [&](std::int16_t one) { return std::find(all.begin(), all.end(), one) != all.end(); });
}

bool meets(std::span<std::int16_t const> a, std::span<std::int16_t const> b) {
    return std::any_of(a.begin(), a.end(),
                       [&](std::int16_t one) { return std::find(b.begin(), b.end(), one) != b.end(); });
}

/// The rows that reference certain rows are found by these rows' places, which shards do not tell.
void refuse_shards(model::arena& arena, relation const& table, constraint const& key) {
    if (!table.is_spread()) return;
    throw model::error{
        "0A000", arena.concat("rows that reference the orphans of ", table.qualified, " cannot be found"),
        arena.concat("Citus keeps its rows in shards, and ", key.child->qualified, " references it by ",
                     key.name.quoted, "."),
        "Use the strategy set null or create parents where it leaves that key's columns alone, or repair the rows"
        " yourself."};
}

}  // namespace

row_finder::row_finder(pg::call& current, repair_scope const& scope, std::int64_t batch_rows)
    : current_(current),
      arena_(current.arena()),
      scope_(scope),
      key_(*scope.found->key),
      batch_rows_(batch_rows),
      sets_(arena_),
      stubs_(arena_) {}

std::int64_t row_finder::count(text source, text condition) {
    auto const query = arena_.concat(check::count_query(arena_, source, condition), '\0');
    return std::get<0>(pg::spi::select<pg::spi::row<std::int64_t>>(arena_, query.data())[0]);
}

std::int64_t row_finder::find_orphans() {
    auto const sql = check::write_key_sql(arena_, key_);
    auto const missing = check::write_missing_parent(arena_, sql);
    bool const can_be_mixed = key_.match == model::match_type::full && key_.child_columns.size() > 1;
    auto const mixed = can_be_mixed ? count(sql.child_source, sql.partly_null) : 0;
    auto const any = mixed > 0 ? arena_.concat("(", missing, " OR ", sql.partly_null, ")") : missing;
    auto const add = [&](text condition, bool is_partly_null, std::int64_t rows) {
        if (rows > 0)
            sets_.push_back({{key_.child, nullptr, is_partly_null, sql.child_source, condition, rows, {}}, any, 0});
    };
    auto const without_parent = count(sql.child_source, missing);
    add(missing, false, without_parent);
    add(sql.partly_null, true, mixed);
    return without_parent + mixed;
}

bool row_finder::is_same_tree(relation const& a, relation const& b) const {
    return a.id == b.id || scope_.whole->root_of(a).id == scope_.whole->root_of(b).id;
}

row_finder::keys row_finder::referencing(relation const& table) {
    keys found(arena_);
    for (auto const& one : plan::find_references(arena_, *scope_.whole, table.id, false)) found.push_back(one.key);
    // One that is not declared yet will be.
    if (key_.id == model::no_oid && is_same_tree(*key_.parent, table)) found.push_back(&key_);
    return found;
}

/// The condition for rows of a table, without those that other sets have of it.
text row_finder::without(found_set const* first, found_set const* last, relation const& table, text condition) const {
    for (; first != last; ++first)
        if (is_same_tree(*first->rows.table, table))
            condition = arena_.concat(condition, " AND NOT (", first->rows.condition, ")");
    return condition;
}

void row_finder::find_dependents() {
    auto const orphans = sets_;
    expand(orphans.front());
    std::stable_sort(sets_.begin(), sets_.end(),
                     [](found_set const& a, found_set const& b) { return a.depth > b.depth; });
    for (std::size_t number = 0; number < sets_.size(); ++number) judge_others(number);
    if (blockers_.empty()) return;
    throw model::error{
        "23503", arena_.concat("rows stand in the way that reference orphans of foreign key \"", key_.name.name, '"'),
        arena_.concat(blockers_, "."),
        "Repair or delete these rows first, or use the strategy set null or create parents."};
}

/// Deeper sets are those whose rows go first, so a row that is reached in several ways counts where it is deepest.
void row_finder::expand(found_set const& above) {
    for (auto const* const key : referencing(*above.rows.table)) {
        if (key->on_delete != model::action::cascade) continue;
        refuse_shards(arena_, *above.rows.table, *key);
        auto const sql = check::write_key_sql(arena_, *key);
        auto const condition = check::write_reference(arena_, sql, above.rows.source, above.reach);
        auto const rows = count(sql.child_source, condition);
        if (rows == 0) continue;
        if (above.depth == most_levels) refuse_depth(arena_, *key->child);
        found_set const found{
            {key->child, key, false, sql.child_source, condition, rows, {}}, condition, above.depth + 1};
        sets_.push_back(found);
        expand(found);
    }
}

/// The keys that do not cascade, and what they mean for rows that stay.
void row_finder::judge_others(std::size_t number) {
    for (auto const* const key : referencing(*sets_[number].rows.table))
        if (key->on_delete != model::action::cascade) judge_other(number, *key);
}

void row_finder::judge_other(std::size_t number, constraint const& key) {
    auto const& set = sets_[number];
    refuse_shards(arena_, *set.rows.table, key);
    auto const sql = check::write_key_sql(arena_, key);
    auto const condition = check::write_reference(arena_, sql, set.rows.source, set.rows.condition);
    if (count(sql.child_source, condition) == 0) return;

    // Orphans that reference orphans go in one statement, after which the server looks.
    bool const is_own = set.depth == 0 && is_same_tree(*key.child, *key_.child);
    one_portion_ = one_portion_ || is_own;
    auto const* const end = sets_.data() + (set.depth == 0 ? sets_.size() : number);
    auto const rows = count(sql.child_source, without(sets_.data(), end, *key.child, condition));
    if (rows == 0) return;

    using state = model::enforcement_state;
    auto const guarded =
        key.id == model::no_oid ? state::not_enforced : audit::judge_enforcement(arena_, *scope_.whole, key).state;
    bool const follows = (key.on_delete == model::action::set_null || key.on_delete == model::action::set_default) &&
                         guarded != state::not_enforced && guarded != state::bypassed;
    auto& list = follows ? side_effects_ : blockers_;
    auto const what = arena_.concat(count_rows(arena_, rows), " of ", key.child->qualified,
                                    rows == 1 ? " references " : " reference ", key.parent->qualified, " by ",
                                    key.name.quoted, " (ON DELETE ", model::keyword(key.on_delete),
                                    follows ? "): no undo brings these keys back" : ")");
    list = list.empty() ? what : arena_.concat(list, "; ", what);
}

void row_finder::refuse_referenced(std::span<std::int16_t const> written) {
    for (auto const& set : sets_)
        for (auto const* const key : referencing(*set.rows.table)) {
            if (!meets(key->parent_columns, written) || key->parent->id != set.rows.table->id) continue;
            refuse_shards(arena_, *set.rows.table, *key);
            auto const sql = check::write_key_sql(arena_, *key);
            auto const rows =
                count(sql.child_source, check::write_reference(arena_, sql, set.rows.source, set.rows.condition));
            if (rows == 0) continue;
            throw model::error{
                "23503",
                arena_.concat("rows stand in the way that reference orphans of foreign key \"", key_.name.name, '"'),
                arena_.concat(count_rows(arena_, rows), " of ", key->child->qualified,
                              rows == 1 ? " references" : " reference", " by ", key->name.quoted,
                              " columns that would change."),
                "Use the strategy create parents, or repair these rows first."};
        }
}

void row_finder::find_stubs() {
    for (auto const& set : sets_)
        if (set.rows.is_partly_null)
            throw model::error{"22023", "no parent can be made up for a key that is NULL in part",
                               arena_.concat("Foreign key \"", key_.name.name, "\" is MATCH FULL, and ",
                                             count_rows(arena_, set.rows.rows), set.rows.rows == 1 ? " has" : " have",
                                             " a NULL in some of its columns."),
                               "Repair these rows first: fk_orphans() lists them with the reason `mixed null`."};
    auto const orphans = sets_.front().rows;
    sets_.clear();
    add_stubs(key_, orphans.source, orphans.condition, 0);
}

void row_finder::add_stubs(constraint const& key, text source, text condition, int depth) {
    if (depth == most_levels) refuse_depth(arena_, *key.parent);
    plan::refuse_stub(arena_, key.id == model::no_oid ? *scope_.own : *scope_.whole, key);
    auto const select = check::write_stubs(arena_, key, source, condition);
    if (!select)
        throw model::error{"42883", "the missing keys cannot be told apart",
                           arena_.concat("A column of ", key.parent->qualified,
                                         " has a type without an equality operator of its own."),
                           "Use another strategy than create parents."};
    auto const rows = arena_.concat("(", *select, ") c");
    auto const keys = count(rows, "true");
    for (auto const& further : scope_.whole->constraints) {
        if (further.child->id != key.parent->id || further.id == key.id || further.is_temporal) continue;
        if (!includes(key.parent_columns, further.child_columns)) continue;
        auto const missing = check::write_missing_parent(arena_, check::write_key_sql(arena_, further));
        if (count(rows, missing) > 0) add_stubs(further, rows, missing, depth + 1);
    }
    // Citus plans no subquery without a column.
    auto const selects = key.child->is_spread() ? "SELECT 1 FROM " : "SELECT FROM ";
    stubs_.push_back({&key, *select, arena_.concat(selects, source, " WHERE ", condition), keys});
}

/// One portion where that is all; otherwise, the table that holds them and their places.
void row_finder::cut(plan::row_set& set, text condition) {
    set.rows = count(set.source, condition);
    // Portions are cut by place, which rows in shards do not have.
    bool const at_once = set.rows <= batch_rows_ || (one_portion_ && set.via == nullptr) || set.table->is_spread();
    if (at_once) {
        auto const whole = arena_.array<plan::row_portion>(set.rows > 0 ? 1 : 0);
        if (!whole.empty()) whole[0].rows = set.rows;
        set.portions = whole;
        return;
    }
    auto const query = arena_.concat(check::portions_query(arena_, set.source, condition, batch_rows_), '\0');
    auto const found = pg::spi::select<pg::spi::row<model::oid, text, std::int64_t>>(arena_, query.data());
    auto const portions = arena_.array<plan::row_portion>(found.size());
    for (std::size_t number = 0; number < found.size(); ++number) {
        auto const& [table, last, rows] = found[number];
        auto& one = portions[number];
        auto const* const place = scope_.own->find_relation(table);
        one.table = place != nullptr ? place : scope_.whole->find_relation(table);
        if (one.table == nullptr)
            throw model::error{"55006",
                               arena_.concat("partitions of ", set.table->qualified, " are coming and going"),
                               {},
                               "Try again."};
        one.rows = rows;
        bool const goes_on = number + 1 < found.size() && std::get<0>(found[number + 1]) == table;
        if (goes_on) one.up_to = last;
        if (number > 0 && std::get<0>(found[number - 1]) == table) one.after = std::get<1>(found[number - 1]);
    }
    set.portions = portions;
}

std::span<plan::row_set const> row_finder::sets() {
    auto const all = arena_.array<plan::row_set>(sets_.size());
    for (std::size_t number = 0; number < all.size(); ++number) {
        all[number] = sets_[number].rows;
        cut(all[number],
            without(sets_.data(), sets_.data() + number, *all[number].table, sets_[number].rows.condition));
    }
    return all;
}

}  // namespace fkaudit::entry
