#include "src/diagnose/key_text.hpp"

#include <algorithm>
#include <cstdint>

#include "src/diagnose/wording.hpp"

namespace fkaudit::diagnose {

namespace {

using text = std::string_view;
constexpr auto nowhere = text::npos;
constexpr text separator = ", ";

/// More commas than this in one key, and nobody tries them all.
constexpr std::size_t most_pieces = 200;

bool is_digit(char one) { return one >= '0' && one <= '9'; }
bool is_hex(char one) { return is_digit(one) || (one >= 'a' && one <= 'f'); }

bool is_integer(text value) {
    if (value.starts_with('-')) value.remove_prefix(1);
    return !value.empty() && std::all_of(value.begin(), value.end(), is_digit);
}

bool is_number(text value) {
    if (value.starts_with('-')) value.remove_prefix(1);
    if (value == "NaN" || value == "Infinity") return true;
    return !value.empty() && is_digit(value.front()) && std::all_of(value.begin(), value.end(), [](char one) {
        return is_digit(one) || one == '.' || one == 'e' || one == '+' || one == '-';
    });
}

bool is_uuid(text value) {
    return value.size() == 36 &&
           std::all_of(value.begin(), value.end(), [](char one) { return is_hex(one) || one == '-'; });
}

bool fits(text value, value_shape shape) {
    switch (shape) {
        case value_shape::integer: return is_integer(value);
        case value_shape::number: return is_number(value);
        case value_shape::boolean: return value == "t" || value == "f";
        case value_shape::uuid: return is_uuid(value);
        default: return true;
    }
}

/// The ways to divide a text into one value for each column.
class divider {
public:
    divider(model::arena& arena, text source, std::span<key_column const> columns)
        : arena_(arena),
          source_(source),
          columns_(columns),
          begins_(arena) {
        begins_.push_back(0);
        if (columns.size() == 1) return;
        for (auto at = source.find(separator); at != nowhere && begins_.size() <= most_pieces;
             at = source.find(separator, at + 1))
            begins_.push_back(at + separator.size());
    }

    /// 0, 1, or 2 for more than one. `last_is_cut`: the last value may be incomplete.
    std::size_t count(bool last_is_cut) {
        if (begins_.size() > most_pieces) return 2;
        auto const size = begins_.size();
        ways_ = arena_.array<std::uint8_t>((columns_.size() + 1) * (size + 1));
        way(columns_.size(), size) = 1;
        for (auto column = columns_.size(); column-- > 0;)
            for (std::size_t piece = 0; piece < size; ++piece)
                for (auto next = first_end(column, piece); next <= size; ++next)
                    if (way(column + 1, next) != 0 && accepts(column, piece, next, last_is_cut))
                        way(column, piece) =
                            static_cast<std::uint8_t>(std::min(2, way(column, piece) + way(column + 1, next)));
        return way(0, 0);
    }

    /// After count() gave 1.
    std::span<text const> values(bool last_is_cut) {
        auto const found = arena_.array<text>(columns_.size());
        std::size_t piece = 0;
        for (std::size_t column = 0; column < columns_.size(); ++column)
            for (auto next = first_end(column, piece); next <= begins_.size(); ++next)
                if (way(column + 1, next) != 0 && accepts(column, piece, next, last_is_cut)) {
                    found[column] = between(piece, next);
                    piece = next;
                    break;
                }
        return found;
    }

private:
    std::uint8_t& way(std::size_t column, std::size_t piece) { return ways_[column * (begins_.size() + 1) + piece]; }
    /// The last column takes all that is left.
    std::size_t first_end(std::size_t column, std::size_t piece) const {
        return column + 1 == columns_.size() ? begins_.size() : piece + 1;
    }
    text between(std::size_t piece, std::size_t next) const {
        auto const end = next == begins_.size() ? source_.size() : begins_[next] - separator.size();
        return source_.substr(begins_[piece], std::max(end, begins_[piece]) - begins_[piece]);
    }
    bool accepts(std::size_t column, std::size_t piece, std::size_t next, bool last_is_cut) const {
        if (next == begins_.size() && last_is_cut) return true;
        return fits(between(piece, next), columns_[column].shape);
    }

    model::arena& arena_;
    text source_;
    std::span<key_column const> columns_;
    model::vector<std::size_t> begins_;
    std::span<std::uint8_t> ways_{};
};

/// Where the values may end: at each closing parenthesis behind which DETAIL goes on as the server has it.
void find_ends(text values, std::size_t limit, model::vector<std::size_t>& into) {
    for (auto at = values.find(')'); at != nowhere && at < limit; at = values.find(')', at + 1))
        for (auto const tail : all_tails())
            if (values.substr(at + 1).starts_with(tail)) {
                into.push_back(at);
                break;
            }
}

/// In a language that nobody has told of: the line's last one.
void guess_end(text values, model::vector<std::size_t>& into) {
    auto const line = values.substr(0, values.find_first_of("\r\n"));
    if (auto const at = line.rfind(')'); at != nowhere) into.push_back(at);
}

bool hides_key(text rest) {
    for (auto const word : {text("Key is not present"),
                            text("Key is still referenced"),
                            text("Key is referenced"),
                            text("Der Schlüssel ist nicht"),
                            text("Auf den Schlüssel wird"),
                            text("La llave no está"),
                            text("La llave todavía"),
                            text("La clé n'est pas"),
                            text("La clé est toujours"),
                            text("La chiave non è"),
                            text("La chiave è ancora"),
                            text("にキーがありません"),
                            text("からキーがまだ"),
                            text("キーがテーブル"),
                            text("გასაღები არ"),
                            text("테이블에 키가"),
                            text("테이블에서 키가"),
                            text("Klucz nie występuje"),
                            text("Klucz ma wciąż"),
                            text("A chave não está"),
                            text("A chave ainda"),
                            text("Ключ отсутствует"),
                            text("На ключ всё ещё"),
                            text("На ключ есть"),
                            text("Nyckeln finns inte"),
                            text("Nyckel refereras"),
                            text("Ключ не присутній"),
                            text("На ключ все ще"),
                            text("中没有出现键"),
                            text("仍然有对键的引用"),
                            text("中不存在键。"),
                            text("键仍被表"),
                            text("中不存在索引鍵"),
                            text("索引鍵仍被")})
        if (rest.find(word) != nowhere) return true;
    return false;
}

/// How many ways there are to take the values, counted over all of their possible ends; the first one is kept.
std::size_t choose(model::arena& arena, text values, std::span<key_column const> columns,
                   model::vector<std::size_t> const& ends, shown_key& into) {
    std::size_t fitting = 0;
    for (auto const end : ends) {
        auto const raw = values.substr(0, end);
        divider ways(arena, raw, columns);
        auto const count = ways.count(false);
        if (count == 0) continue;
        if (fitting == 0) {
            into.raw = raw;
            if (count == 1) into.values = ways.values(false);
        }
        fitting += count;
    }
    return fitting;
}

shown_key divide(model::arena& arena, text values, std::span<key_column const> columns, text opening) {
    // Where the same key is shown once more, the first of them ends before it.
    auto const again = values.find(opening);
    model::vector<std::size_t> ends(arena);
    find_ends(values, again, ends);
    if (ends.empty() && again != nowhere) find_ends(values, nowhere, ends);
    if (ends.empty()) guess_end(values, ends);

    shown_key found;
    if (ends.empty()) {
        found.raw = values.substr(0, values.find_first_of("\r\n"));
        divider ways(arena, found.raw, columns);
        found.how = shown_key::state::truncated;
        if (ways.count(true) == 1) found.values = ways.values(true);
        return found;
    }
    std::size_t fitting = choose(arena, values, columns, ends, found);
    if (fitting == 0) {
        // The columns' types may have changed since.
        auto const shapeless = arena.array<key_column>(columns.size());
        std::transform(columns.begin(), columns.end(), shapeless.begin(),
                       [](key_column const& one) { return key_column{one.name}; });
        fitting = choose(arena, values, shapeless, ends, found);
    }
    found.how = fitting == 1 ? shown_key::state::whole : shown_key::state::ambiguous;
    if (fitting != 1) found.values = {};
    if (fitting == 0) found.raw = values.substr(0, ends.back());
    return found;
}

}  // namespace

shown_key read_key(model::arena& arena, text rest, std::span<key_column const> columns) {
    auto const names = arena.join(columns, separator, [](key_column const& one) { return one.name; });
    auto const opening = arena.concat("(", names, ")=(");
    auto const at = rest.find(opening);
    if (at != nowhere) return divide(arena, rest.substr(at + opening.size()), columns, opening);
    shown_key found;
    // A key of other columns is none of these.
    if (rest.find(")=(") == nowhere && hides_key(rest)) found.how = shown_key::state::hidden;
    return found;
}

unknown_key read_unknown_key(model::arena& arena, text rest) {
    unknown_key found;
    auto const middle = rest.find(")=(");
    if (middle == nowhere) {
        if (hides_key(rest)) found.key.how = shown_key::state::hidden;
        return found;
    }
    auto const begin = rest.substr(0, middle).rfind('(');
    if (begin == nowhere) return found;
    found.columns = rest.substr(begin + 1, middle - begin - 1);
    model::vector<key_column> columns(arena);
    for (std::size_t at = 0; at <= found.columns.size();) {
        auto const end = std::min(found.columns.find(separator, at), found.columns.size());
        columns.push_back({found.columns.substr(at, end - at), value_shape::any});
        at = end + separator.size();
    }
    std::span<key_column const> const all(columns.data(), columns.size());
    found.key = divide(arena, rest.substr(middle + 3), all, arena.concat("(", found.columns, ")=("));
    if (!found.key.values.empty()) {
        auto const names = arena.array<text>(all.size());
        std::transform(all.begin(), all.end(), names.begin(), [](key_column const& one) { return one.name; });
        found.names = names;
    }
    return found;
}

}  // namespace fkaudit::diagnose
