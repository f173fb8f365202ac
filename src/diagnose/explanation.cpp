#include <algorithm>

#include "src/diagnose/diagnosis.hpp"

namespace fkaudit::diagnose {

namespace {

using model::action;
using text = std::string_view;

bool refuses(action one) noexcept { return one == action::no_action || one == action::restrict_; }

class narrator {
public:
    narrator(model::arena& arena, violation const& found) : arena_(arena), found_(found), key_(*found.key) {}

    text run(std::span<way_out const> ways) {
        if (!found_.others.empty())
            say("The text fits more than one foreign key, and this row is about one of them; the others are ",
                found_.others, ".");
        tell_names();
        if (found_.what == event::rewritten)
            tell_rewritten();
        else if (found_.is_mixed_null)
            tell_mixed();
        else if (found_.where == side::child)
            tell_child();
        else if (found_.where == side::parent)
            tell_parent();
        else
            say("The text does not say whether the write was to the child or to the parent.");
        tell_enforcement();
        tell_ways(ways);
        return said_;
    }

private:
    template <class... Part>
    void say(Part const&... part) {
        said_ = arena_.concat(said_, said_.empty() ? "" : " ", part...);
    }

    text rows(std::int64_t count, text rest_one, text rest_more) const {
        return arena_.concat(count, count == 1 ? " row of " : " rows of ", key_.child->qualified,
                             count == 1 ? rest_one : rest_more);
    }

    bool is_whole() const { return found_.shown.how == shown_key::state::whole; }

    text child_columns() const { return column_list(arena_, *key_.child, key_.child_columns, key_.is_temporal); }
    text parent_columns() const { return column_list(arena_, *key_.parent, key_.parent_columns, key_.is_temporal); }

    text shown() const { return arena_.concat("(", found_.shown.raw, ")"); }

    /// Names that partitioning made.
    void tell_names() {
        auto const declared =
            arena_.concat("the key was declared as ", key_.name.quoted, " on ", key_.child->qualified);
        auto const& expected = found_.where == side::child ? *key_.child : *key_.parent;
        bool const is_partition = !found_.named_table.empty() && found_.where != side::unknown &&
                                  expected.is_partitioned() && found_.named_table != expected.name.name;
        bool const is_derived = found_.named_constraint != key_.name.name;
        if (found_.is_on_shard)
            say("The message's names are those of a shard; ", declared, ".");
        else if (is_derived)
            say("The message's constraint \"", found_.named_constraint, "\" was made by partitioning; ", declared, ".");
        else if (is_partition)
            say("The message's table \"", found_.named_table, "\" is a partition; ", declared, ".");
    }

    void tell_child() {
        if (!tell_key(key_.child->qualified, child_columns())) return;
        auto const key = arena_.concat("(", child_columns(), ") = ", shown());
        auto const parents = arena_.concat(key_.parent->qualified, " (", parent_columns(), ")");
        if (!found_.parent_exists) {
            say("The row had ", key, ", which ", parents, " lacked.");
            tell_not_looked();
        } else if (*found_.parent_exists) {
            say("The row had ", key, ", which ", parents,
                " lacked then but has now: the child was written before its parent was committed, or the parent "
                "has come since. Repeat the write, and write parents first (see fk_load_order()).");
            if (*found_.child_rows > 0) say(rows(*found_.child_rows, " holds", " hold"), " the key already.");
        } else if (*found_.child_rows > 0) {
            say(rows(*found_.child_rows, " holds", " hold"), " ", key, ", which ", parents,
                " lacks: the message came from a check of rows that were there (ADD or VALIDATE CONSTRAINT), "
                "or they were written while the key was not checked. fk_orphans() lists them all.");
        } else {
            say("The row had ", key, ", which ", parents, " lacked then and lacks now. ", cause());
        }
        tell_alike();
        if (!found_.parent_exists.value_or(false)) tell_needed();
    }

    text cause() const {
        return key_.initially_deferred
                   ? "The key is checked at COMMIT: the row may have been written anywhere in the transaction, and by its "
                     "end the parent had not come, or was deleted again."
                   : "Either the child was written before its parent (in a bulk load, the wrong order of tables: see "
                     "fk_load_order()), or the parent was deleted meanwhile or never there, or the value is wrong.";
    }

    void tell_alike() {
        if (found_.alike.empty()) return;
        say(key_.parent->qualified, " has ", found_.alike,
            ", which differs in case or blanks only: most likely it is the one that was meant.");
        constexpr model::oid blank_padded = 1042;
        for (std::size_t position = 0; position < key_.child_columns.size(); ++position) {
            auto const& child = key_.child_column(position);
            auto const& parent = key_.parent_column(position);
            if ((child.type == blank_padded) == (parent.type == blank_padded)) continue;
            say("The types differ: ", child.name.quoted, " is ", child.type_display, " in the child and ",
                parent.type_display, " in the parent, and trailing blanks count in text, but not in character.");
        }
    }

    void tell_needed() {
        auto const needed = columns_beside_key(arena_, key_);
        if (!needed.empty())
            say("A parent cannot be added by its key alone: ", key_.parent->qualified, " needs values for ", needed,
                ", too.");
        if (key_.parent->row_security)
            say("Row security of ", key_.parent->qualified,
                " hides no row from foreign keys: a parent that a user cannot see is one all the same.");
    }

    void tell_parent() {
        bool const shows_child = found_.key_of == side::child;
        auto const& shown_table = shows_child ? *key_.child : *key_.parent;
        if (!tell_key(shown_table.qualified, shows_child ? child_columns() : parent_columns())) return tell_event();
        tell_event();
        auto const which = arena_.concat("(", parent_columns(), ") = ", shown(), " of ", key_.parent->qualified);
        if (!found_.child_rows) {
            say("Rows of ", key_.child->qualified, " referred to ", which, ".");
            tell_not_looked();
        } else if (*found_.child_rows > 0) {
            say(rows(*found_.child_rows, " refers", " refer"), " to ", which, ".");
            if (!*found_.parent_exists)
                say("The parent is not there now: these rows are orphans, which fk_orphans() lists.");
        } else {
            say("No row of ", key_.child->qualified, " refers to ", which,
                " now: the rows that did are gone, or were never committed. ",
                *found_.parent_exists ? "Repeat the write." : "The parent is gone, too.");
        }
        if (key_.child->row_security)
            say("Row security of ", key_.child->qualified,
                " hides no row from foreign keys: rows that a user cannot see stop him all the same.");
    }

    void tell_event() {
        bool const is_restrict = found_.what == event::restricted || key_.on_delete == action::restrict_;
        if (found_.what == event::detach)
            return say("The partition \"", found_.named_table, "\" cannot be detached or dropped while rows of ",
                       key_.child->qualified, " refer to it.");
        if (refuses(key_.on_delete) && !refuses(key_.on_update))
            say("It was a DELETE: the key is ON DELETE ", keyword(key_.on_delete), ", ON UPDATE ",
                keyword(key_.on_update), ".");
        else if (!refuses(key_.on_delete) && refuses(key_.on_update))
            say("It was an UPDATE of the parent's key: the key is ON DELETE ", keyword(key_.on_delete), ", ON UPDATE ",
                keyword(key_.on_update), ".");
        else
            say("It was a DELETE of the parent, or an UPDATE of its key.");
        if (is_restrict)
            say("RESTRICT refuses at once, even where the children would be gone by the end of the statement.");
        else if (key_.initially_deferred)
            say("The key is checked at COMMIT: the write may stand anywhere in the transaction.");
    }

    /// Whether the key's values are known. Otherwise it says why not.
    bool tell_key(text table, text columns) {
        switch (found_.shown.how) {
            case shown_key::state::whole:
                if (found_.wrong_value.empty()) return true;
                say("The key ", shown(), " is none of the columns (", columns, ") of ", table,
                    " as they are now: ", found_.wrong_value, ". So it was not looked up.");
                return false;
            case shown_key::state::truncated:
                say("The text ends inside the key (", columns, ")=(", found_.shown.raw,
                    ", so that it was not looked up; its values may be longer than they are shown here.");
                return false;
            case shown_key::state::ambiguous:
                say("The values ", shown(), " can be divided among the columns (", columns,
                    ") in several ways or in none, so that they were not looked up.");
                return false;
            case shown_key::state::hidden:
                say("The message does not show the key: the user may not read the columns (", columns, ") of ", table,
                    ", or row security is on.");
                return false;
            default:
                say("The text does not show the key (", columns, ") of ", table,
                    ": its DETAIL is missing. The server's log has it unless log_error_verbosity is terse.");
                return false;
        }
    }

    void tell_not_looked() {
        if (!found_.why_not.empty()) say("Whether the rows are there now was not looked up: ", found_.why_not, ".");
    }

    void tell_mixed() {
        say("The key (", child_columns(),
            ") is MATCH FULL: its columns are all NULL or none is. The row had some of them "
            "NULL: write all of them, or none.");
    }

    void tell_rewritten() {
        say("A rule changed the statement with which the server carries out ON DELETE ", keyword(key_.on_delete),
            ", ON UPDATE ", keyword(key_.on_update), " on ", key_.child->qualified,
            ", so that the action did not happen and the write was refused.");
        if (found_.rules.empty()) say("There is no such rule now.");
    }

    void tell_enforcement() {
        using state = model::enforcement_state;
        if (found_.enforcement.state == state::not_enforced || found_.enforcement.state == state::bypassed)
            say("The key is ", to_text(found_.enforcement.state), " now: ", found_.enforcement.detail, ".");
    }

    /// `Ways out, by the lines of fix: (1) add the parent; (2 and 3) let …`
    void tell_ways(std::span<way_out const> ways) {
        text list;
        std::int64_t line = 1;
        for (auto const& way : ways) {
            auto const count = std::count(way.statements.begin(), way.statements.end(), '\n') + 1;
            auto const lines =
                count == 1 ? arena_.concat(line) : arena_.concat(line, count == 2 ? " and " : " to ", line + count - 1);
            list = arena_.concat(list, list.empty() ? "" : "; ", "(", lines, ") ", way.effect);
            line += count;
        }
        if (ways.empty()) return;
        say(ways.size() == 1 ? "A way out, by the lines of fix: "
                             : "Ways out, by the lines of fix, one of them to be chosen: ",
            list, ".");
    }

    model::arena& arena_;
    violation const& found_;
    model::constraint const& key_;
    text said_{};
};

}  // namespace

std::string_view to_text(side value) noexcept {
    switch (value) {
        case side::child: return "child";
        case side::parent: return "parent";
        default: return {};
    }
}

std::string_view explain(model::arena& arena, violation const& found, std::span<way_out const> ways) {
    return narrator(arena, found).run(ways);
}

}  // namespace fkaudit::diagnose
