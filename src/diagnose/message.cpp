#include "src/diagnose/message.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace fkaudit::diagnose {

namespace {

using text = std::string_view;
constexpr auto nowhere = text::npos;

/// Names are up to 63 bytes long, in the database's encoding; in UTF-8 they may be longer.
constexpr std::size_t usual_name = 63;
constexpr std::size_t longest_name = 189;

constexpr text marks[] = {"\"", "«", "»", "“", "”", "„", "‟", "‹", "›", "「", "」", "『", "』"};
constexpr text blanks[] = {" ", "\n", "\t", "\r", "\u00a0", "\u202f", "\u3000"};

template <std::size_t Count>
std::size_t length_at(text const (&some)[Count], text at) noexcept {
    for (auto const one : some)
        if (at.starts_with(one)) return one.size();
    return 0;
}

std::size_t skip_blanks(text source, std::size_t at) noexcept {
    while (auto const length = length_at(blanks, source.substr(at))) at += length;
    return at;
}

char lower(char one) noexcept { return one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one; }

/// Where a piece that stands at `at` ends; nowhere: it does not. Blanks match any blanks, and beside a quotation mark none;
/// a quotation mark matches any.
std::size_t match(text source, std::size_t at, text piece) noexcept {
    bool after_mark = false;
    while (!piece.empty()) {
        if (auto const blank = length_at(blanks, piece)) {
            piece.remove_prefix(blank);
            auto const end = skip_blanks(source, at);
            if (end == at && !after_mark && length_at(marks, piece) == 0) return nowhere;
            at = end;
            after_mark = false;
            continue;
        }
        auto const mark = length_at(marks, piece);
        if (mark != 0) {
            auto const found = at <= source.size() ? length_at(marks, source.substr(at)) : 0;
            if (found == 0) return nowhere;
            piece.remove_prefix(mark);
            at += found;
        } else {
            if (at >= source.size() || lower(source[at]) != lower(piece[0])) return nowhere;
            piece.remove_prefix(1);
            ++at;
        }
        after_mark = mark != 0;
    }
    return at;
}

/// The beginning of a piece that stands at `at`, with all of its blanks.
std::size_t widen(text source, std::size_t at, text piece) noexcept {
    if (length_at(blanks, piece) == 0) return at;
    for (bool any = true; any;) {
        any = false;
        for (auto const blank : blanks)
            if (source.substr(0, at).ends_with(blank)) {
                at -= blank.size();
                any = true;
            }
    }
    return at;
}

/// Whether a text between two pieces can be a name: a long one holds no quotation marks, or it would be a whole message.
bool can_be_name(text name) noexcept {
    if (name.empty() || name.size() > longest_name) return false;
    if (name.size() <= usual_name) return true;
    for (; !name.empty(); name.remove_prefix(1))
        if (length_at(marks, name) != 0) return false;
    return true;
}

/// The piece's longest part without blanks or quotation marks.
text longest_word(text piece) noexcept {
    text best;
    while (!piece.empty()) {
        std::size_t length = 0;
        while (length < piece.size() && length_at(blanks, piece.substr(length)) == 0 &&
               length_at(marks, piece.substr(length)) == 0)
            ++length;
        if (length > best.size()) best = piece.substr(0, length);
        auto const gap = piece.substr(length);
        piece = gap.substr(std::min(gap.size(), std::max(length_at(blanks, gap), length_at(marks, gap))));
    }
    return best;
}

std::size_t find(text source, std::size_t from, text word) noexcept {
    if (from >= source.size()) return nowhere;
    auto const* const found = memmem(source.data() + from, source.size() - from, word.data(), word.size());
    return found == nullptr ? nowhere : static_cast<std::size_t>(static_cast<char const*>(found) - source.data());
}

/// One wording, looked for in one text: first the word of it that is the rarest, then the piece around that, then the
/// others to the left and to the right.
class finder {
public:
    finder(model::arena& arena, text source, wording const& wanted)
        : arena_(arena),
          source_(source),
          wanted_(wanted),
          count_(wanted.names.size()) {
        for (std::size_t number = 0; number <= count_; ++number)
            if (auto const word = longest_word(wanted.pieces[number]); word.size() > word_.size()) {
                word_ = word;
                anchor_ = number;
            }
        before_word_ = static_cast<std::size_t>(word_.data() - wanted.pieces[anchor_].data());
    }

    struct hit {
        std::size_t begin = 0, end = 0;
        message found{};
    };
    void run(model::vector<hit>& into) {
        for (auto at = find(source_, 0, word_); at != nowhere; at = find(source_, at + word_.size(), word_))
            if (auto const one = match_around(at)) into.push_back(*one);
    }

private:
    std::optional<hit> match_around(std::size_t word) {
        // Blanks and quotation marks differ in length, so that the piece may begin a little earlier or later.
        auto const piece = wanted_.pieces[anchor_];
        auto const earliest = word - std::min(word, 2 * before_word_ + 8);
        auto begin = nowhere, end = nowhere;
        for (auto at = word + 1; at-- > earliest && begin == nowhere;)
            if (auto const past = match(source_, at, piece); past != nowhere && past >= word + word_.size()) {
                begin = at;
                end = past;
            }
        if (begin == nowhere) return std::nullopt;
        begin = widen(source_, begin, piece);
        hit one;
        one.found.what = wanted_.what;
        if (!match_left(begin, one) || !match_right(end, one)) return std::nullopt;
        return one;
    }

    bool match_left(std::size_t begin, hit& one) {
        for (auto number = anchor_; number-- > 0;) {
            auto const piece = wanted_.pieces[number];
            auto const earliest = begin - std::min(begin, longest_name + 2 * piece.size());
            auto found = nowhere;
            std::size_t past = 0;
            for (auto at = begin; at-- > earliest && found == nowhere;) {
                past = match(source_, at, piece);
                if (past != nowhere && past < begin) found = at;
            }
            if (found == nowhere) return false;
            auto const name = source_.substr(past, begin - past);
            if (!can_be_name(name)) return false;
            if (number == 0 && length_at(marks, piece) == piece.size())
                set_first(one, begin, name);
            else
                set(one.found, number, name);
            begin = widen(source_, found, piece);
        }
        one.begin = begin;
        return true;
    }

    bool match_right(std::size_t end, hit& one) {
        for (auto number = anchor_; number < count_; ++number) {
            auto const piece = wanted_.pieces[number + 1];
            auto const latest = std::min(source_.size(), end + longest_name);
            model::vector<text> readings(arena_);
            std::size_t next = nowhere;
            for (auto at = end + 1; at <= latest; ++at) {
                auto const past = piece.empty() ? (ends_line(at) ? at : nowhere) : match(source_, at, piece);
                if (past == nowhere || !can_be_name(source_.substr(end, at - end))) continue;
                readings.insert(readings.begin(), source_.substr(end, at - end));
                if (next == nowhere) next = past;
                if (number + 1 < count_ || piece.empty()) break;
            }
            if (next == nowhere) return false;
            set(one.found, number, {readings.data(), readings.size()});
            end = next;
        }
        one.end = end;
        return true;
    }

    /// A name before which there is nothing but a quotation mark, which may be the name's own.
    void set_first(hit& one, std::size_t begin, text shortest) {
        model::vector<text> readings(arena_);
        auto const latest = begin - shortest.size();
        for (auto at = begin - std::min(begin, usual_name + 1); at < latest; ++at)
            if (auto const mark = length_at(marks, source_.substr(at)); mark != 0 && at + mark < latest)
                readings.push_back(source_.substr(at + mark, begin - at - mark));
        readings.push_back(shortest);
        set(one.found, 0, {readings.data(), readings.size()});
    }

    bool ends_line(std::size_t at) const {
        return at == source_.size() || source_[at] == '\n' || source_[at] == '\r' || source_[at] == '"';
    }

    void set(message& found, std::size_t number, text name) { set(found, number, std::span<text const>(&name, 1)); }
    void set(message& found, std::size_t number, std::span<text const> readings) {
        quoted_name const name{arena_.copy(readings)};
        switch (wanted_.names[number]) {
            case 't': found.table = name; break;
            case 'c': found.constraint = name; break;
            default: found.child = name;
        }
    }

    model::arena& arena_;
    text source_;
    wording const& wanted_;
    std::size_t count_;
    std::size_t anchor_ = 0;
    std::size_t before_word_ = 0;
    text word_{};
};

bool looks_wrapped(quoted_name const& name) {
    auto const one = name.text();
    return !one.empty() && (one.front() == '"' || one.front() == '\\' || one.back() == '\\' || one.front() == '&');
}

}  // namespace

bool quoted_name::can_be(std::string_view name) const noexcept {
    return std::find(readings.begin(), readings.end(), name) != readings.end();
}

std::span<message const> find_messages(model::arena& arena, text source, void (*pause)()) {
    model::vector<finder::hit> hits(arena);
    for (auto const& wanted : all_wordings()) {
        finder(arena, source, wanted).run(hits);
        pause();
    }
    std::stable_sort(hits.begin(), hits.end(), [](auto const& a, auto const& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    // A language's newer wording can be a part of its older one.
    auto const is_within = [](auto const& a, auto const& b) { return b.end <= a.end; };
    hits.erase(std::unique(hits.begin(), hits.end(), is_within), hits.end());

    auto const found = arena.array<message>(hits.size());
    for (std::size_t number = 0; number < hits.size(); ++number) {
        auto const& one = hits[number];
        auto const next = number + 1 < hits.size() ? std::max(one.end, hits[number + 1].begin) : source.size();
        found[number] = one.found;
        found[number].rest = hits.size() == 1 ? source : source.substr(one.end, next - one.end);
        auto const after = source.substr(one.end);
        found[number].is_wrapped = looks_wrapped(one.found.table) || looks_wrapped(one.found.constraint) ||
                                   after.starts_with("\\n") || after.starts_with("\\r");
    }
    return found;
}

bool hints_at_violation(text source) noexcept {
    auto const has = [&](std::initializer_list<text> words) {
        return std::any_of(words.begin(), words.end(), [&](text word) { return find(source, 0, word) != nowhere; });
    };
    return has({"23503", "23001", ")=("}) ||
           (has({"foreign key", "Foreign key", "ForeignKey", "FOREIGN KEY"}) && has({"violat", "Violat", "fail"}));
}

std::span<std::string_view const> quoted_texts(model::arena& arena, text source) {
    // An error has its names near its beginning.
    source = source.substr(0, 20000);
    constexpr text others[] = {"`", "'", "[", "]", "‘", "’", "‚", "‛"};
    auto const length = [&](text at) { return std::max(length_at(marks, at), length_at(others, at)); };
    model::vector<std::size_t> begins(arena);
    model::vector<text> found(arena);
    for (std::size_t at = 0; at < source.size();) {
        auto const mark = length(source.substr(at));
        if (mark == 0) {
            ++at;
            continue;
        }
        // From each mark before that is near enough: which of them opens what this one closes, nobody knows.
        while (!begins.empty() && at - begins.front() > longest_name) begins.erase(begins.begin());
        for (auto const begin : begins)
            if (begin < at) {
                auto name = source.substr(begin, at - begin);
                if (name.ends_with(" (index)")) name.remove_suffix(8);
                found.push_back(name);
            }
        at += mark;
        begins.push_back(at);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return arena.copy(std::span<text const>(found.data(), found.size()));
}

}  // namespace fkaudit::diagnose
