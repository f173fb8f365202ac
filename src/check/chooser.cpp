#include "src/check/chooser.hpp"

#include "src/pg/settings.hpp"

namespace fkaudit::check {

using way = engine_decision::way;

engine_decision choose_engine(scan_engine& scan, index_engine& index, prepared_key const& prepared, model::arena& arena,
                              purpose what) {
    auto const choice = pg::chosen_engine();
    if (choice == pg::engine_choice::sql || what == purpose::query) return {way::sql, {}};
    if (prepared.is_spread) {
        if (choice == pg::engine_choice::automatic) return {way::sql, {}};
        auto const forced = choice == pg::engine_choice::index ? index.name() : scan.name();
        return {way::none, describe_obstacle(arena, forced, "Citus keeps rows of its tables in shards")};
    }
    bool const is_trusted = choice == pg::engine_choice::automatic && pg::trusts_indexes();
    if (choice == pg::engine_choice::index || (is_trusted && index_engine::is_worthwhile(*prepared.key))) {
        auto const obstacle = index.refuse(prepared);
        if (obstacle.empty()) return {way::index, {}};
        if (choice == pg::engine_choice::index) return {way::none, describe_obstacle(arena, index.name(), obstacle)};
    }
    auto const obstacle = what == purpose::count ? scan.refuse_count(prepared) : scan.refuse_list(prepared);
    if (obstacle.empty()) return {way::scan, {}};
    if (choice == pg::engine_choice::automatic) return {way::sql, {}};
    return {way::none, describe_obstacle(arena, scan.name(), obstacle)};
}

std::string_view describe_obstacle(model::arena& arena, std::string_view engine, std::string_view why) {
    return arena.concat("the ", engine, " engine cannot serve this key: ", why, "; SET fkaudit.engine = auto");
}

}  // namespace fkaudit::check
