#include "src/pg/encoding.hpp"

#include "src/pg/guard.hpp"
#include "src/pg/postgres.hpp"

namespace fkaudit::pg {

namespace {

using convert = char* (*)(char const*, int, int);

std::string_view converted(model::arena& arena, std::string_view text, convert how) {
    auto const is_ascii = [](char character) { return static_cast<unsigned char>(character) < 0x80; };
    int const encoding = GetDatabaseEncoding();
    if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || std::all_of(text.begin(), text.end(), is_ascii)) return text;
    std::string_view result;
    guarded([&] {
        char* const made = how(text.data(), static_cast<int>(text.size()), PG_UTF8);
        result = made == text.data() ? text : arena.copy(std::string_view(made));
    });
    return result;
}

}  // namespace

std::string_view to_utf8(model::arena& arena, std::string_view text) {
    return converted(arena, text, pg_server_to_any);
}

std::string_view from_utf8(model::arena& arena, std::string_view text) {
    return converted(arena, text, pg_any_to_server);
}

}  // namespace fkaudit::pg
