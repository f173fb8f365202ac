#include "src/model/constraint.hpp"

namespace fkaudit::model {

std::string_view keyword(action value) noexcept {
    switch (value) {
        case action::no_action: return "NO ACTION";
        case action::restrict_: return "RESTRICT";
        case action::cascade: return "CASCADE";
        case action::set_null: return "SET NULL";
        case action::set_default: return "SET DEFAULT";
    }
    return "";
}

std::string_view column_list(arena& memory, relation const& table, std::span<std::int16_t const> numbers,
                             bool last_is_period) {
    return memory.join(numbers, ", ", [&](std::int16_t const& number) {
        auto const* const column = table.find_column(number);
        auto const name = column != nullptr ? column->name.quoted : std::string_view("?");
        return last_is_period && &number == &numbers.back() ? memory.concat("PERIOD ", name) : name;
    });
}

std::string_view to_text(action value) noexcept {
    switch (value) {
        case action::no_action: return "no action";
        case action::restrict_: return "restrict";
        case action::cascade: return "cascade";
        case action::set_null: return "set null";
        case action::set_default: return "set default";
    }
    return "";
}

std::string_view to_text(match_type value) noexcept {
    switch (value) {
        case match_type::simple: return "simple";
        case match_type::full: return "full";
        case match_type::partial: return "partial";
    }
    return "";
}

std::span<identifier const> column_names(arena& memory, relation const& table, std::span<std::int16_t const> numbers) {
    auto const names = memory.array<identifier>(numbers.size());
    for (std::size_t position = 0; position < numbers.size(); ++position)
        if (auto const* const column = table.find_column(numbers[position])) names[position] = column->name;
    return names;
}

std::string_view define(arena& memory, constraint const& key) {
    auto const changes = [&](std::string_view event, action value) {
        return value == action::no_action ? std::string_view() : memory.concat(event, keyword(value));
    };
    auto const columns_to_set = key.delete_set_columns.empty()
                                    ? std::string_view()
                                    : memory.concat(" (", column_list(memory, *key.child, key.delete_set_columns), ")");
    return memory.concat("FOREIGN KEY (", column_list(memory, *key.child, key.child_columns, key.is_temporal),
                         ") REFERENCES ", key.parent->qualified, "(",
                         column_list(memory, *key.parent, key.parent_columns, key.is_temporal), ")",
                         key.match == match_type::full      ? " MATCH FULL"
                         : key.match == match_type::partial ? " MATCH PARTIAL"
                                                            : "",
                         changes(" ON UPDATE ", key.on_update), changes(" ON DELETE ", key.on_delete), columns_to_set,
                         key.is_deferrable ? " DEFERRABLE" : "", key.initially_deferred ? " INITIALLY DEFERRED" : "",
                         !key.is_enforced    ? " NOT ENFORCED"
                         : !key.is_validated ? " NOT VALID"
                                             : "");
}

}  // namespace fkaudit::model
