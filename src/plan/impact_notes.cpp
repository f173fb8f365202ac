#include "src/plan/impact_notes.hpp"

#include <algorithm>

#include "src/plan/row_triggers.hpp"

namespace fkaudit::plan {

namespace {

using model::constraint;
using text = std::string_view;

bool names_column(model::expression const& value, std::int16_t number) {
    if (value.kind == model::expression::form::column && value.column == number) return true;
    return std::any_of(value.arguments.begin(), value.arguments.end(),
                       [&](model::expression const& one) { return names_column(one, number); });
}

class annotator {
public:
    annotator(model::arena& arena, model::database const& database, std::span<table_fact const> facts, row_event event)
        : arena_(arena),
          database_(database),
          facts_(facts),
          event_(event),
          triggers_(list_row_triggers(arena, database)) {}

    impact annotate(impact one) {
        if ((one.rows && *one.rows == 0) || one.outcome >= impact_outcome::refused) return one;
        gone_ = one.outcome == impact_outcome::deleted;
        note_ = one.detail;
        list_facts(one, table_fact::kind::trigger, "triggers that fire for them, whatever they do: ");
        list_facts(one, table_fact::kind::rule, "rules that apply to them, whatever they do: ");
        if (!gone_) {
            note_partitions(one);
            note_generated(one);
        }
        note_silent_keys(one);
        one.detail = note_;
        return one;
    }

private:
    void add(text sentence, text rest = {}) { note_ = arena_.concat(note_, note_.empty() ? "" : "; ", sentence, rest); }
    static void append(model::arena& arena, text& list, text one) {
        list = list.empty() ? one : arena.concat(list, ", ", one);
    }

    void list_facts(impact const& one, table_fact::kind what, text sentence) {
        text names;
        for (auto const& fact : facts_)
            if (fact.table == one.table->id && fact.what == what && (gone_ ? fact.on_delete : fact.on_update))
                append(arena_, names, fact.name);
        if (!names.empty()) add(sentence, names);
    }

    /// Whether rows of an impact that change do so in a column of the table.
    bool is_written(impact const& one, text column) const {
        auto const has = [&](model::relation const& table, std::span<std::int16_t const> numbers) {
            return std::any_of(numbers.begin(), numbers.end(), [&](std::int16_t number) {
                auto const* const own = table.find_column(number);
                return own != nullptr && own->name.name == column;
            });
        };
        if (one.key != nullptr) {
            bool const by_delete = event_ == row_event::deleted && one.outcome != impact_outcome::updated;
            auto const event = by_delete ? row_event::deleted : row_event::key_updated;
            return has(*one.key->child, written_columns(*one.key, event));
        }
        return std::any_of(database_.constraints.begin(), database_.constraints.end(), [&](constraint const& key) {
            return key.parent == one.table && has(*key.parent, key.parent_columns);
        });
    }

    void note_partitions(impact const& one) {
        text names;
        for (auto const& fact : facts_) {
            if (fact.table != one.table->id || fact.what != table_fact::kind::partition_column) continue;
            if (fact.name.empty())
                append(arena_, names, "an expression");
            else if (auto const* const column = quoted_column(*one.table, fact.name);
                     column != nullptr && is_written(one, column->name.name))
                append(arena_, names, fact.name);
        }
        if (!names.empty())
            add("rows may have to leave their partition, which was not foreseen; in the partition key: ", names);
    }
    static model::column const* quoted_column(model::relation const& table, text quoted) {
        for (auto const& one : table.columns)
            if (one.name.quoted == quoted) return &one;
        return nullptr;
    }

    void note_generated(impact const& one) {
        text names;
        for (auto const& column : one.table->columns) {
            if (column.generation == nullptr || !is_of_key(*one.table, column.number)) continue;
            bool const follows =
                std::any_of(one.table->columns.begin(), one.table->columns.end(), [&](model::column const& source) {
                    return names_column(*column.generation, source.number) && is_written(one, source.name.name);
                });
            if (follows) append(arena_, names, column.name.quoted);
        }
        if (!names.empty()) add("keys with generated columns that follow, which was not foreseen: ", names);
    }
    bool is_of_key(model::relation const& table, std::int16_t number) const {
        auto const has = [&](std::span<std::int16_t const> columns) {
            return std::find(columns.begin(), columns.end(), number) != columns.end();
        };
        return std::any_of(database_.constraints.begin(), database_.constraints.end(), [&](constraint const& key) {
            return (key.child == &table && has(key.child_columns)) || (key.parent == &table && has(key.parent_columns));
        });
    }

    void note_silent_keys(impact const& one) {
        text names;
        for (auto const& key : database_.constraints) {
            if (key.parent != one.table) continue;
            bool const fires = std::any_of(triggers_.begin(), triggers_.end(), [&](row_trigger const& trigger) {
                return trigger.key == &key && !trigger.is_check && trigger.on_delete == gone_;
            });
            bool const concerns =
                gone_ || std::any_of(key.parent_columns.begin(), key.parent_columns.end(), [&](std::int16_t number) {
                    return is_written(one, key.parent->find_column(number)->name.name);
                });
            if (!fires && concerns) append(arena_, names, arena_.concat(key.name.quoted, " of ", key.child->qualified));
        }
        if (!names.empty()) add("keys that do nothing, so that rows may stay behind without a parent: ", names);
    }

    model::arena& arena_;
    model::database const& database_;
    std::span<table_fact const> facts_;
    row_event event_;
    model::vector<row_trigger> triggers_;
    bool gone_ = false;  ///< the rows in question are deleted
    text note_{};
};

}  // namespace

std::span<impact const> add_notes(model::arena& arena, model::database const& database, std::span<impact const> found,
                                  std::span<table_fact const> facts, row_event event) {
    annotator notes(arena, database, facts, event);
    auto const all = arena.array<impact>(found.size());
    std::transform(found.begin(), found.end(), all.begin(), [&](impact const& one) { return notes.annotate(one); });
    return all;
}

}  // namespace fkaudit::plan
