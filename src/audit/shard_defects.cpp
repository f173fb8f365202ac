#include "src/audit/shard_defects.hpp"

#include <algorithm>

#include "src/plan/literal.hpp"

namespace fkaudit::audit {

namespace {

using model::constraint_row;
using model::placement;
using model::shard_index;
using model::shard_key;
using text = std::string_view;

constexpr std::size_t places_shown = 5;
constexpr std::int64_t triggers_per_side = 2;

bool is_same(shard_key const& declared, shard_key const& other) noexcept {
    return declared.columns == other.columns && declared.parent == other.parent &&
           declared.parent_columns == other.parent_columns && declared.actions == other.actions;
}

/// A shard's key has the declared name with the shard's number behind it, or a shortened one. Where several keys say the
/// same, the one of that name, or the best of them.
shard_key const* find_key(placement const& shard, shard_key const& declared) noexcept {
    shard_key const* best = nullptr;
    for (auto const& one : shard.keys) {
        if (!is_same(declared, one)) continue;
        bool const is_named = one.name.starts_with(declared.name) && one.name.size() > declared.name.size() &&
                              one.name[declared.name.size()] == '_' &&
                              one.name.find_first_not_of("0123456789", declared.name.size() + 1) == text::npos;
        if (is_named) return &one;
        if (best == nullptr || one.idle_checks + one.idle_actors < best->idle_checks + best->idle_actors) best = &one;
    }
    return best;
}

/// Whether the index begins with the key's columns, in any order.
bool leads_with(model::index const& index, std::span<std::int16_t const> columns) noexcept {
    if (index.keys.size() < columns.size()) return false;
    return std::all_of(columns.begin(), columns.end(), [&](std::int16_t column) {
        return std::any_of(index.keys.begin(), index.keys.begin() + static_cast<std::ptrdiff_t>(columns.size()),
                           [&](model::index_key const& one) { return one.column == column; });
    });
}

class comparison {
public:
    comparison(model::arena& arena, model::database const& database)
        : arena_(arena),
          database_(database),
          found_(arena) {}

    std::span<shard_defect const> finish() {
        std::stable_sort(found_.begin(), found_.end(),
                         [](shard_defect const& a, shard_defect const& b) { return a.fault < b.fault; });
        return arena_.copy(std::span<shard_defect const>(found_.data(), found_.size()));
    }

    void compare_row(constraint_row const& row) {
        auto const places = database_.placements_of(row.child);
        auto const* const declared = declaration_of(places);
        if (declared == nullptr) return;
        auto const* const wanted = std::find_if(declared->keys.data(), declared->keys.data() + declared->keys.size(),
                                                [&](shard_key const& one) { return one.name == row.name.name; });
        if (wanted == declared->keys.data() + declared->keys.size()) return;
        for (auto const& shard : places)
            if (&shard != declared && shard.failure.empty()) compare_key(row, *wanted, shard);
    }

    void compare_indexes(model::relation const& child, std::span<std::int16_t const> columns) {
        auto const places = database_.placements_of(child.id);
        auto const* const declared = declaration_of(places);
        if (declared == nullptr) return;
        for (auto const& index : child.indexes) {
            if (!index.is_valid || !index.is_ready || !leads_with(index, columns)) continue;
            for (auto const& one : declared->indexes)
                if (one.name == index.name.name) compare_index(one, places);
        }
    }

    void add_failures(model::oid table) {
        for (auto const& shard : database_.placements_of(table))
            if (!shard.failure.empty()) found_.push_back({shard_fault::unknown, &shard});
    }

private:
    static placement const* declaration_of(std::span<placement const> places) noexcept {
        for (auto const& one : places)
            if (one.is_declaration()) return &one;
        return nullptr;
    }

    void compare_key(constraint_row const& row, shard_key const& declared, placement const& shard) {
        auto const add = [&](shard_fault fault) { found_.push_back({fault, &shard}); };
        auto const* const key = find_key(shard, declared);
        if (key == nullptr) return add(shard_fault::no_key);
        if (declared.is_validated && !key->is_validated) add(shard_fault::not_valid);
        bool const checks = row.side != constraint_row::origin::referenced;
        bool const acts = row.side != constraint_row::origin::referencing;
        if ((checks && key->checks < triggers_per_side) || (acts && key->actors < triggers_per_side))
            add(shard_fault::no_trigger);
        if (key->idle_checks > 0) add(shard_fault::idle_check);
        if (key->idle_actors > 0) add(shard_fault::idle_actor);
    }

    void compare_index(shard_index const& declared, std::span<placement const> places) {
        for (auto const& shard : places) {
            if (shard.is_declaration() || !shard.failure.empty()) continue;
            shard_index const* best = nullptr;
            for (auto const& one : shard.indexes)
                if (one.definition == declared.definition && (best == nullptr || one.is_usable)) best = &one;
            if (best == nullptr)
                found_.push_back({shard_fault::no_index, &shard, declared.name, declared.definition, {}});
            else if (!best->is_usable)
                found_.push_back({shard_fault::bad_index, &shard, declared.name, declared.definition, best->name});
        }
    }

    model::arena& arena_;
    model::database const& database_;
    model::vector<shard_defect> found_;
};

text name_of(shard_fault fault) noexcept {
    switch (fault) {
        case shard_fault::unknown: return "not known";
        case shard_fault::no_key: return "the foreign key is missing";
        case shard_fault::not_valid: return "NOT VALID";
        case shard_fault::no_trigger: return "triggers missing";
        case shard_fault::idle_check: return "check triggers disabled";
        case shard_fault::idle_actor: return "the parent's action triggers disabled";
        case shard_fault::no_index: return "the index is missing";
        case shard_fault::bad_index: return "the index is invalid";
    }
    return "";
}

text name_of(model::arena& arena, placement const& place) {
    return place.node.empty() ? place.shard : arena.concat(place.shard, " (", place.node, ')');
}

/// The child's columns of a key, by the numbers of one of its partitions.
std::span<std::int16_t const> columns_of(model::constraint const& key, model::oid child) noexcept {
    for (auto const& row : key.rows)
        if (row.child == child) return row.child_columns;
    return key.child_columns;
}

}  // namespace

std::span<shard_defect const> find_shard_defects(model::arena& arena, model::database const& database,
                                                 model::constraint const& key) {
    if (database.placements.empty() || !key.is_enforced) return {};
    comparison all(arena, database);
    model::vector<model::oid> children(arena);
    for (auto const& row : key.rows) {
        all.compare_row(row);
        if (std::find(children.begin(), children.end(), row.child) == children.end()) children.push_back(row.child);
    }
    for (auto const child : children) {
        all.add_failures(child);
        if (auto const* const table = database.find_relation(child))
            all.compare_indexes(*table, columns_of(key, child));
    }
    return all.finish();
}

text describe(model::arena& arena, std::span<shard_defect const> defects, shard_fault fault) {
    text list, why;
    std::size_t count = 0;
    placement const* last = nullptr;
    for (auto const& one : defects) {
        if (one.fault != fault || one.place == last) continue;
        last = one.place;
        if (++count > places_shown) continue;
        list = arena.concat(list, list.empty() ? "" : ", ", name_of(arena, *one.place));
        if (why.empty()) why = one.place->failure;
    }
    if (count == 0) return {};
    auto const more = count > places_shown ? arena.concat(" and ", count - places_shown, " more") : text();
    auto const where = fault == shard_fault::idle_actor ? " beside shard" : " on shard";
    return arena.concat(name_of(fault), where, count == 1 ? " " : "s ", list, more, why.empty() ? "" : ": ", why);
}

namespace {

/// With the shard's number behind it; empty where that is too long, and Citus cuts it short (shard_utils.c:
/// AppendShardIdToName).
text name_on_shard(model::arena& arena, text name, std::int64_t number) {
    constexpr std::size_t longest_name = 63;
    auto const whole = arena.concat(name, '_', number);
    return whole.size() < longest_name ? whole : text();
}

/// As quote_identifier() would, and more often.
text quote(model::arena& arena, text name) {
    auto const is_plain = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_';
    };
    if (name.find('_') != text::npos && name.front() >= 'a' && std::all_of(name.begin(), name.end(), is_plain))
        return name;
    model::vector<char> written(arena);
    for (char const one : name) {
        if (one == '"') written.push_back('"');
        written.push_back(one);
    }
    return arena.concat('"', text(written.data(), written.size()), '"');
}

text mend_index(model::arena& arena, model::database const& database, shard_defect const& one) {
    auto const* const table = database.find_relation(one.place->relation);
    if (table == nullptr) return {};
    if (one.fault == shard_fault::bad_index)
        return arena.concat("REINDEX INDEX CONCURRENTLY ", table->schema.quoted, '.', quote(arena, one.own_index));
    auto const name = name_on_shard(arena, one.index, one.place->number);
    auto const* const declared = std::find_if(table->indexes.data(), table->indexes.data() + table->indexes.size(),
                                              [&](model::index const& index) { return index.name.name == one.index; });
    if (name.empty() || declared == table->indexes.data() + table->indexes.size() || declared->is_unique) return {};
    return arena.concat("CREATE INDEX CONCURRENTLY ", quote(arena, name), " ON ", one.place->shard, ' ',
                        one.definition);
}

}  // namespace

text mend_indexes(model::arena& arena, model::database const& database, std::span<shard_defect const> defects,
                  shard_fault fault) {
    text hosts, ports, statements;
    for (auto const& one : defects) {
        if (one.fault != fault) continue;
        auto const statement = mend_index(arena, database, one);
        if (statement.empty()) continue;
        auto const comma = hosts.empty() ? "" : ", ";
        hosts = arena.concat(hosts, comma, plan::literal(arena, one.place->host));
        ports = arena.concat(ports, comma, one.place->port);
        statements = arena.concat(statements, comma, plan::literal(arena, statement));
    }
    if (hosts.empty()) return {};
    return arena.concat("SELECT * FROM pg_catalog.master_run_on_worker(ARRAY[", hosts, "], ARRAY[", ports, "], ARRAY[",
                        statements, "], false);");
}

void judge_shards(model::arena& arena, model::database const& database, model::constraint const& key,
                  model::enforcement& judged) {
    auto const defects = find_shard_defects(arena, database, key);
    using state = model::enforcement_state;
    for (auto const fault : {shard_fault::idle_check, shard_fault::idle_actor, shard_fault::no_trigger,
                             shard_fault::no_key, shard_fault::not_valid, shard_fault::unknown}) {
        auto const described = describe(arena, defects, fault);
        if (described.empty()) continue;
        judged.detail = judged.detail.empty() ? described : arena.concat(judged.detail, "; ", described);
        auto& faults = judged.shards;
        faults.idle_checks = faults.idle_checks || fault == shard_fault::idle_check;
        faults.idle_actors = faults.idle_actors || fault == shard_fault::idle_actor;
        faults.is_broken = faults.is_broken || fault == shard_fault::no_trigger || fault == shard_fault::no_key;
        faults.not_valid = faults.not_valid || fault == shard_fault::not_valid;
        if (fault == shard_fault::unknown)
            judged.is_known = false;
        else if (fault == shard_fault::not_valid)
            judged.state = judged.state == state::enforced ? state::not_valid : judged.state;
        else if (judged.state != state::not_enforced)
            judged.state = state::bypassed;
    }
}

}  // namespace fkaudit::audit
