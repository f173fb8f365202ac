#include "src/audit/set_default_risk.hpp"

#include <algorithm>

#include "src/audit/set_null_risk.hpp"
#include "src/plan/column_default.hpp"

namespace fkaudit::audit {

namespace {

using model::action;
using model::constraint;
using plan::column_default;
using plan::default_kind;
using plan::row_event;
using text = std::string_view;

/// RESTRICT says openly what a SET DEFAULT that fails amounts to.
plan::key_actions replace_set_default(constraint const& key, action other) {
    auto wanted = plan::actions_of(key);
    if (wanted.on_delete == action::set_default) wanted.on_delete = other;
    if (wanted.on_update == action::set_default) wanted.on_update = other;
    return wanted;
}

class set_default_rule {
public:
    set_default_rule(action_audit& audit, constraint const& key) : audit_(audit), key_(key), defaults_(audit.arena) {
        auto const event = key.on_update == action::set_default ? row_event::key_updated : row_event::deleted;
        for (auto const number : plan::written_columns(key, event))
            if (auto const* const column = key.child->find_column(number))
                defaults_.push_back(plan::find_default(audit.database, *column));
    }

    std::optional<model::default_key> judge() {
        if (auto const* const one = first(default_kind::sequence)) {
            report_missing(*one, severity::error, "takes the next number of its sequence, which no parent has",
                           instead(action::restrict_));
        } else if (first(default_kind::null) != nullptr) {
            report_null();
        } else if (auto const* const one = first(default_kind::unevaluated)) {
            audit_.report(key_, risk::set_default_not_evaluated, severity::info,
                          audit_.arena.concat("the default of ", one->column->name.quoted,
                                              " is an expression, which is not evaluated: see to it that ",
                                              key_.parent->qualified, " has what it gives"));
        } else {
            auto const values = audit_.arena.array<model::default_value>(defaults_.size());
            for (std::size_t number = 0; number < values.size(); ++number)
                values[number] = {defaults_[number].column, defaults_[number].value};
            return model::default_key{&key_, values};
        }
        return std::nullopt;
    }

private:
    column_default const* first(default_kind kind) const {
        auto const place = std::find_if(defaults_.begin(), defaults_.end(),
                                        [&](column_default const& one) { return one.kind == kind; });
        return place != defaults_.end() ? &*place : nullptr;
    }

    text instead(action other) const { return audit_.change(key_, replace_set_default(key_, other)); }

    void report_missing(column_default const& one, severity grade, text effect, text ddl) {
        audit_.report(key_, risk::set_default_missing, grade,
                      audit_.arena.concat(audit_.events(key_, action::set_default), " sets ", one.column->name.quoted,
                                          " to its default: it ", effect),
                      ddl);
    }

    /// A default of NULL makes SET DEFAULT a SET NULL.
    void report_null() {
        for (auto const& one : defaults_) {
            if (one.kind != default_kind::null) continue;
            auto const refused_by = refuses_null(audit_, *key_.child, *one.column);
            if (refused_by.empty()) continue;
            return report_missing(
                one, severity::error,
                audit_.arena.concat("has none, so it becomes NULL, but ", refused_by, ", and that fails"),
                instead(action::restrict_));
        }
        auto const& one = *first(default_kind::null);
        bool const all_null = std::all_of(defaults_.begin(), defaults_.end(),
                                          [](column_default const& other) { return other.kind == default_kind::null; });
        if (key_.match == model::match_type::full && !(all_null && defaults_.size() == key_.child_columns.size()))
            return report_missing(one, severity::error,
                                  "has none, so the key becomes partly NULL, which MATCH FULL refuses",
                                  instead(action::restrict_));
        report_missing(one, severity::warning, "has none, so this is a SET NULL in disguise",
                       all_null ? instead(action::set_null) : text());
    }

    action_audit& audit_;
    constraint const& key_;
    model::vector<column_default> defaults_;
};

}  // namespace

std::optional<model::default_key> judge_set_default(action_audit& audit, constraint const& key) {
    if (!key.is_enforced || (key.on_delete != action::set_default && key.on_update != action::set_default))
        return std::nullopt;
    return set_default_rule(audit, key).judge();
}

void judge_default_parent(action_audit& audit, model::default_key const& wanted, default_parent found, text reason) {
    auto& arena = audit.arena;
    auto const& key = *wanted.key;
    auto const columns = arena.join(wanted.values, ", ", [](auto const& one) { return one.column->name.quoted; });
    auto const values = arena.join(wanted.values, ", ", [&](auto const& one) {
        auto const* const constant = plan::find_constant(*one.value);
        return arena.concat('\'', constant->text, '\'');
    });
    auto const described = arena.concat("(", columns, ") = (", values, ")");
    if (found == default_parent::missing)
        audit.report(
            key, risk::set_default_no_parent, severity::error,
            arena.concat(audit.events(key, action::set_default), " fails where rows here refer to it: no row of ",
                         key.parent->qualified, " has the default ", described, "; add one, or say RESTRICT openly"),
            audit.change(key, replace_set_default(key, action::restrict_)));
    else if (found == default_parent::unknown)
        audit.report(key, risk::set_default_not_evaluated, severity::info,
                     arena.concat("whether ", key.parent->qualified, " has the default ", described,
                                  " was not looked up: ", reason));
    else if (!wanted.is_whole())
        audit.report(key, risk::set_default_not_evaluated, severity::info,
                     arena.concat("SET DEFAULT writes only ", columns, ": whether ", key.parent->qualified,
                                  " has the key depends on each row's other columns"));
}

}  // namespace fkaudit::audit
