#include "src/entry/diagnosed_keys.hpp"

#include <algorithm>

#include "src/diagnose/decoding.hpp"
#include "src/pg/encoding.hpp"
#include "src/pg/guard.hpp"

namespace fkaudit::entry {

namespace {

using catalog::declared_key;
using diagnose::event;
using diagnose::message;
using text = std::string_view;
using candidates = model::vector<declared_key const*>;

void pause() {
    pg::guarded([] { CHECK_FOR_INTERRUPTS(); });
}

bool is_word(char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') || one == '_';
}

class resolver {
public:
    resolver(pg::call& current, catalog::declared_keys const& keys)
        : current_(current),
          arena_(current.arena()),
          keys_(keys) {}

    candidates find(message const& told) {
        candidates found(arena_);
        for (auto const& key : keys_.all())
            if (told.constraint.can_be(utf8(key.constraint)) && is_of_table(told, key)) found.push_back(&key);
        if (told.what != event::child_write)
            narrow(found, [&](declared_key const& key) { return told.table.can_be(utf8(key.referenced)); });
        narrow_by_schema(found, told.rest);
        fold(found);
        return found;
    }

    /// By the names that Citus gives a shard, its table and its constraint; nullptr: they are none.
    declared_key const* find_of_shard(message const& told) const {
        auto const& tables = told.what == event::child_write ? told.table : told.child;
        for (auto const constraint : told.constraint.readings)
            for (auto const table : tables.readings)
                if (auto const* const key =
                        keys_.find_of_shard(pg::from_utf8(arena_, table), pg::from_utf8(arena_, constraint)))
                    return key;
        return nullptr;
    }

    /// In a text of unknown wording: the keys whose names it quotes, and whose tables if it quotes these, too.
    candidates find_quoted(text source, bool with_table) {
        auto const quoted = diagnose::quoted_texts(arena_, source);
        auto const is_quoted = [&](text name) { return std::binary_search(quoted.begin(), quoted.end(), name); };
        candidates found(arena_);
        for (auto const& key : keys_.all())
            if (is_quoted(utf8(key.constraint)) && (!with_table || is_quoted(utf8(key.table)))) found.push_back(&key);
        narrow(found, [&](declared_key const& key) { return is_quoted(utf8(key.table)); });
        narrow_by_schema(found, source);
        fold(found);
        return found;
    }

    text utf8(text name) const { return pg::to_utf8(arena_, name); }

private:
    bool is_of_table(message const& told, declared_key const& key) const {
        switch (told.what) {
            case event::child_write: return told.table.can_be(utf8(key.table));
            case event::detach: return true;
            default: return told.child.can_be(utf8(key.table));
        }
    }

    /// Only those that fit, if any does.
    template <class Fits>
    void narrow(candidates& found, Fits fits) const {
        if (found.size() < 2 || std::none_of(found.begin(), found.end(), [&](auto const* one) { return fits(*one); }))
            return;
        found.erase(std::remove_if(found.begin(), found.end(), [&](auto const* one) { return !fits(*one); }),
                    found.end());
    }

    void narrow_by_schema(candidates& found, text source) const {
        narrow(found, [&](declared_key const& key) { return names_schema(source, utf8(key.schema)); });
        narrow(found, [&](declared_key const& key) {
            return qualifies(source, utf8(key.schema), utf8(key.table)) ||
                   qualifies(source, utf8(key.schema), utf8(key.referenced));
        });
    }

    static text trim_end(text source) {
        while (!source.empty() && (source.back() == ' ' || source.back() == '"' || source.back() == '\''))
            source.remove_suffix(1);
        return source;
    }

    /// As the value of a field, which stands behind a colon or an equals sign: `SCHEMA NAME:  a`, `"schema": "a"`.
    static bool names_schema(text source, text schema) {
        for (auto at = source.find(schema); at != text::npos; at = source.find(schema, at + 1)) {
            auto const before = trim_end(source.substr(0, at));
            auto const after = source.substr(at + schema.size());
            bool const ends = after.empty() || (!is_word(after.front()) && after.front() != '.');
            bool const begins = at > 0 && !is_word(source[at - 1]);
            if (begins && ends && (before.ends_with(':') || before.ends_with('=')) && is_schema_field(before))
                return true;
        }
        return false;
    }
    static bool is_schema_field(text before) {
        constexpr std::size_t longest_label = 24;
        auto const label = before.substr(before.size() - std::min(before.size(), longest_label));
        return label.find("chema") != text::npos || label.find("SCHEMA") != text::npos;
    }

    /// As `schema.table`, with quotation marks or without.
    bool qualifies(text source, text schema, text table) const {
        auto const is_there = [&](text wanted) {
            for (auto at = source.find(wanted); at != text::npos; at = source.find(wanted, at + 1)) {
                auto const after = source.substr(at + wanted.size());
                if ((at == 0 || !is_word(source[at - 1])) && (after.empty() || !is_word(after.front()))) return true;
            }
            return false;
        };
        return is_there(arena_.concat(schema, '.', table)) || is_there(arena_.concat('"', schema, "\".\"", table, '"'));
    }

    /// Each declared key once.
    static void fold(candidates& found) {
        std::stable_sort(found.begin(), found.end(), [](auto const* a, auto const* b) { return a->id < b->id; });
        found.erase(
            std::unique(found.begin(), found.end(), [](auto const* a, auto const* b) { return a->id == b->id; }),
            found.end());
    }

    pg::call& current_;
    model::arena& arena_;
    catalog::declared_keys const& keys_;
};

class reading {
public:
    reading(pg::call& current, catalog::declared_keys const& keys)
        : arena_(current.arena()),
          resolver_(current, keys),
          is_utf8_(current.has_utf8()),
          found_(arena_) {}

    std::span<diagnosed_key const> run(text source) {
        read_messages(source);
        if (std::none_of(found_.begin(), found_.end(), [](auto const& one) { return one.key != nullptr; }))
            read_quoted(source);
        if (found_.empty())
            throw model::error{
                "22023",
                "no foreign key violation was found in the text",
                {},
                "Paste the server's message with its DETAIL, as psql, the log or a driver prints it; its "
                "SQLSTATE is 23503 or 23001."};
        return arena_.copy(std::span<diagnosed_key const>(found_.data(), found_.size()));
    }

private:
    /// The text as it stands, or, where names are found only so, with what is wrapped around it taken off.
    void read_messages(text source) {
        std::span<message const> best;
        int best_score = 0;
        auto const first = diagnose::likely_way(source);
        for (std::size_t number = 0; number < diagnose::ways_of_wrapping(); ++number) {
            auto const way = number == 0 ? first : number == first ? 0 : number;
            auto const plain = diagnose::unwrap(arena_, source, way, is_utf8_);
            if (way > 0 && plain == source) continue;
            auto const messages = diagnose::find_messages(arena_, plain, pause);
            auto const score = judge(messages);
            if (score > best_score) {
                best = messages;
                best_score = score;
            }
            if (score == best_possible) break;
        }
        for (auto const& told : best) add_message(told);
    }

    /// Whether a key is known by the first message's names, and nothing is wrapped around any more.
    static constexpr int best_possible = 4;
    int judge(std::span<message const> messages) {
        if (messages.empty()) return 0;
        bool const is_known = std::any_of(messages.begin(), messages.end(), [&](message const& told) {
            return !resolver_.find(told).empty() || resolver_.find_of_shard(told) != nullptr;
        });
        bool const is_bare =
            std::none_of(messages.begin(), messages.end(), [](auto const& one) { return one.is_wrapped; });
        return 1 + (is_known ? 2 : 0) + (is_bare ? 1 : 0);
    }

    void add_message(message const& told) {
        if (auto const* const of_shard = resolver_.find_of_shard(told)) {
            found_.push_back({told, of_shard, told.constraint.text(), told.table.text(), {}, true});
            return;
        }
        auto const fitting = resolver_.find(told);
        if (fitting.empty()) found_.push_back({told, nullptr, told.constraint.text(), told.table.text(), {}});
        for (auto const* const key : fitting)
            found_.push_back(
                {told, key, resolver_.utf8(key->constraint), name_table(told, *key), list_others(fitting, key)});
    }

    text name_table(message const& told, declared_key const& key) const {
        auto const name = resolver_.utf8(told.what == event::child_write ? key.table : key.referenced);
        return told.table.can_be(name) ? name : told.table.text();
    }

    text list_others(candidates const& all, declared_key const* but) {
        text list;
        for (auto const* const one : all)
            if (one != but) list = arena_.concat(list, list.empty() ? "" : ", ", one->name, " of ", one->child_name);
        return list;
    }

    /// In a language, or with names, that nobody has told of: by the names alone. Where there are messages, which name no
    /// key, it takes a key's table, too.
    void read_quoted(text source) {
        if (!diagnose::hints_at_violation(source)) return;
        bool done = false;
        for (std::size_t way = 0; way < diagnose::ways_of_wrapping() && !done; ++way) {
            auto const plain = diagnose::unwrap(arena_, source, way, is_utf8_);
            if (way > 0 && plain == source) continue;
            auto const fitting = resolver_.find_quoted(plain, !found_.empty());
            done = !fitting.empty();
            if (done) found_.clear();
            message told;
            told.rest = plain;
            for (auto const* const key : fitting)
                found_.push_back({told, key, resolver_.utf8(key->constraint), {}, list_others(fitting, key)});
        }
    }

    model::arena& arena_;
    resolver resolver_;
    bool is_utf8_;
    model::vector<diagnosed_key> found_;
};

}  // namespace

std::span<diagnosed_key const> find_diagnosed(pg::call& current, catalog::declared_keys const& keys, text source) {
    return reading(current, keys).run(source);
}

}  // namespace fkaudit::entry
