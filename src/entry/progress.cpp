#include "src/entry/entry.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/process.hpp"
#include "src/pg/result_set.hpp"
#include "src/watch/running_checks.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;
using watch::running_check;
template <class T>
using maybe = std::optional<T>;

/// A name of another database's, which may have another encoding: what is not ASCII there is a question mark here, unless
/// it could be a text of this database.
text child_name(model::arena& arena, running_check const& one) {
    auto const stored = arena.copy(text(one.child));
    auto const size = static_cast<int>(stored.size());
    if (one.database == MyDatabaseId || pg::guarded([&] { return pg_verifymbstr(stored.data(), size, true); }))
        return stored;
    auto const shown = arena.array<char>(stored.size());
    std::transform(stored.begin(), stored.end(), shown.begin(),
                   [](char each) { return (static_cast<unsigned char>(each) & 0x80U) != 0 ? '?' : each; });
    return {shown.data(), shown.size()};
}

/// As pg_stat_progress_… shows its rows (pgstatfuncs.c: pg_stat_get_progress_info).
bool may_see(running_check const& one) {
    return pg::guarded([&] {
        return has_privs_of_role(GetUserId(), one.user) || has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS);
    });
}

struct shown_check {
    running_check const* stored = nullptr;
    bool is_shown = false;
    text child{};
    maybe<text> database{};
};

shown_check describe(model::arena& arena, running_check const& one) {
    shown_check made{&one, may_see(one), {}, std::nullopt};
    if (made.is_shown) made.child = child_name(arena, one);
    pg::guarded([&] {
        if (auto const* const name = get_database_name(one.database)) made.database = arena.copy(text(name));
    });
    return made;
}

void write_row(pg::row_builder& row, shown_check const& one) {
    auto const& stored = *one.stored;
    row << stored.pid << one.database;
    if (!one.is_shown) {
        for (int column = 0; column < 8; ++column) row << std::nullopt;
        return;
    }
    auto const blocks = [&](std::int64_t value) {
        return stored.blocks_total < 0 ? std::nullopt : maybe<std::int64_t>(value);
    };
    row << (one.child.empty() ? std::nullopt : maybe<std::string_view>(one.child)) << pg::to_text(stored.phase)
        << blocks(std::min(stored.blocks_done, stored.blocks_total)) << blocks(stored.blocks_total)
        << stored.constraints_done << stored.constraints_total << stored.orphans << model::timestamp{stored.started_at};
}

}  // namespace

Datum list_progress(pg::call& current) {
    if (!watch::has_running_checks())
        throw model::error{"55000", "running checks are not shown on this server",
                           "fkaudit is not among shared_preload_libraries.",
                           "Set shared_preload_libraries = 'fkaudit' in postgresql.conf and restart the server; SET"
                           " fkaudit.progress_interval lets a check say how far it is without that."};
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const room = arena.array<running_check>(watch::most_running_checks());
    auto const found = room.first(pg::guarded([&] { return watch::copy_running_checks(room.data()); }));
    std::sort(found.begin(), found.end(), [](running_check const& a, running_check const& b) {
        return std::pair(a.started_at, a.pid) < std::pair(b.started_at, b.pid);
    });
    model::vector<shown_check> shown(arena);
    for (auto const& one : found) shown.push_back(describe(arena, one));
    result.add_each(shown, write_row);
    return result.finish();
}

}  // namespace fkaudit::entry
