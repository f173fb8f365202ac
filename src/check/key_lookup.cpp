#include "src/check/key_lookup.hpp"

#include "src/check/examination.hpp"
#include "src/check/key_sql.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/subtransaction.hpp"

namespace fkaudit::check {

namespace {

using model::column;
using text = std::string_view;

/// The values as the server has them, of their columns' types below all domains.
struct typed_key {
    std::span<Oid> types{};
    std::span<Datum> values{};
};

column const& column_at(key_lookup const& one, std::size_t position) {
    return one.is_parents ? one.key->parent_column(position) : one.key->child_column(position);
}

typed_key read_values(model::arena& arena, key_lookup const& one) {
    typed_key key{arena.array<Oid>(one.values.size()), arena.array<Datum>(one.values.size())};
    pg::guarded([&] {
        for (std::size_t position = 0; position < one.values.size(); ++position) {
            auto const& column = column_at(one, position);
            auto modifier = column.modifier;
            key.types[position] = getBaseTypeAndTypmod(column.type, &modifier);
            Oid input = InvalidOid, parameter = InvalidOid;
            getTypeInputInfo(key.types[position], &input, &parameter);
            key.values[position] = OidInputFunctionCall(
                input, pnstrdup(one.values[position].data(), one.values[position].size()), parameter, modifier);
        }
    });
    return key;
}

/// The value by its column's own equality, in its column's collation.
text same_value(model::arena& arena, char alias, column const& column, std::size_t position) {
    return pg::guarded([&] {
        Oid const type = getBaseType(column.type);
        auto const* const entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
        if (!OidIsValid(entry->eq_opr))
            ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                            errmsg("could not identify an equality operator for type %s", format_type_be(type))));
        StringInfoData clause;
        initStringInfo(&clause);
        auto const name = arena.concat(alias, '.', column.name.quoted, '\0');
        auto const value = arena.concat('$', position + 1, '\0');
        generate_operator_clause(&clause, name.data(), column.type, entry->eq_opr, value.data(), type);
        return arena.copy(text(clause.data, static_cast<std::size_t>(clause.len)));
    });
}

class lookup_task final : public task {
public:
    lookup_task(pg::call& current, std::span<key_lookup> lookups, verdict const* first)
        : current_(current),
          arena_(current.arena()),
          lookups_(lookups),
          first_(first) {}

    purpose what() const noexcept override { return purpose::query; }
    void run(engine&, std::span<work_item> items) override {
        for (auto const& item : items) {
            auto& one = lookups_[static_cast<std::size_t>(item.found - first_)];
            if (!one.values.empty()) look_up(one, *item.found);
        }
    }

private:
    void look_up(key_lookup& one, verdict& found) {
        typed_key key;
        auto const wrong = pg::attempt(current_, pg::on_success::commit, [&] { key = read_values(arena_, one); });
        if (wrong) {
            if (wrong->sqlstate == ERRCODE_FEATURE_NOT_SUPPORTED) {
                found.why_not = reason::unsupported;
                found.detail = wrong->message;
            } else {
                one.wrong_value = wrong->message;
            }
            return;
        }
        one.found_key = show_key(one, key);
        auto const sql = write_key_sql(arena_, *one.key);
        auto const given = arena_.concat("(SELECT ", name_parameters(one), ") AS ");
        if (one.is_parents) {
            one.parent_exists = std::get<0>(select<bool>(
                key, arena_.concat("SELECT EXISTS (SELECT FROM ", sql.parent_source, " WHERE ", same(one, 'p'), ")")));
            one.child_rows = std::get<0>(
                select<std::int64_t>(key, arena_.concat("SELECT pg_catalog.count(*) FROM ", sql.child_source, ", ",
                                                        given, "p WHERE ", sql.depends)));
        } else {
            one.parent_exists =
                std::get<0>(select<bool>(key, arena_.concat("SELECT ", sql.has_parent, " FROM ", given, "c")));
            one.child_rows = std::get<0>(select<std::int64_t>(
                key, arena_.concat("SELECT pg_catalog.count(*) FROM ", sql.child_source, " WHERE ", same(one, 'c'))));
            if (!*one.parent_exists) find_alike(one, key, sql);
        }
    }

    /// `$1 AS "a", $2 AS "b"`.
    text name_parameters(key_lookup const& one) {
        text list;
        for (std::size_t position = 0; position < one.values.size(); ++position)
            list = arena_.concat(list, list.empty() ? "" : ", ", '$', position + 1, " AS ",
                                 column_at(one, position).name.quoted);
        return list;
    }

    text same(key_lookup const& one, char alias) {
        text all;
        for (std::size_t position = 0; position < one.values.size(); ++position)
            all = arena_.concat(all, all.empty() ? "" : " AND ",
                                same_value(arena_, alias, column_at(one, position), position));
        return all;
    }

    /// What looks the same to a person: other case, blanks before or behind.
    void find_alike(key_lookup& one, typed_key const& key, key_sql const& sql) {
        text all;
        bool any = false;
        auto const& constraint = *one.key;
        for (std::size_t position = 0; position < one.values.size(); ++position) {
            auto const& parent = constraint.parent_column(position);
            bool const is_text = is_string(parent) && is_string(constraint.child_column(position));
            any = any || is_text;
            auto const plain = [&](text value) {
                return arena_.concat("pg_catalog.lower(pg_catalog.btrim((", value,
                                     ")::pg_catalog.text COLLATE pg_catalog.\"default\"))");
            };
            auto const one_side = arena_.concat("p.", parent.name.quoted);
            auto const other = arena_.concat('$', position + 1);
            auto const condition =
                is_text ? arena_.concat(plain(one_side), " OPERATOR(pg_catalog.=) ", plain(other))
                        : arena_.concat("(", one_side, ")::pg_catalog.text COLLATE \"C\" OPERATOR(pg_catalog.=) (",
                                        other, ")::pg_catalog.text COLLATE \"C\"");
            all = arena_.concat(all, all.empty() ? "" : " AND ", condition);
        }
        if (!any || constraint.is_temporal) return;
        auto const query =
            arena_.concat("SELECT (SELECT ", write_object(arena_, *constraint.parent, "p.", constraint.parent_columns),
                          " FROM ", sql.parent_source, " WHERE ", all, " LIMIT 1)");
        auto const found = std::get<0>(select<std::optional<pg::spi::jsonb>>(key, query));
        if (found) one.alike = *found;
    }

    static bool is_string(column const& column) {
        return pg::guarded([&] {
            char category = '\0';
            bool is_preferred = false;
            get_type_category_preferred(getBaseType(column.type), &category, &is_preferred);
            return category == TYPCATEGORY_STRING;
        });
    }

    pg::spi::jsonb show_key(key_lookup const& one, typed_key const& key) {
        text items;
        for (std::size_t position = 0; position < key.values.size(); ++position)
            items = arena_.concat(items, items.empty() ? "" : ", ", quote(column_at(one, position).name.name), ", $",
                                  position + 1);
        return std::get<0>(
            select<pg::spi::jsonb>(key, arena_.concat("SELECT pg_catalog.jsonb_build_object(", items, ")")));
    }

    text quote(text name) {
        return pg::guarded([&] { return arena_.copy(text(quote_literal_cstr(pnstrdup(name.data(), name.size())))); });
    }

    /// The one row of a query over the values.
    template <class Value>
    pg::spi::row<Value> select(typed_key const& key, text sql) {
        using reader = pg::spi::reader<pg::spi::row<Value>>;
        auto const ended = arena_.concat(sql, '\0');
        pg::spi::row<Value> found;
        pg::guarded([&] {
            pg::spi::execute(ended.data(), static_cast<int>(key.types.size()), key.types.data(), key.values.data(),
                             nullptr, reader::types);
            if (SPI_processed != 1) elog(ERROR, "fkaudit: a look-up returned no row");
            found = reader::read(arena_, SPI_tuptable->vals[0]);
            SPI_freetuptable(SPI_tuptable);
        });
        return found;
    }

    pg::call& current_;
    model::arena& arena_;
    std::span<key_lookup> lookups_;
    verdict const* first_;
};

}  // namespace

void look_up(pg::call& current, std::span<key_lookup> lookups) {
    auto verdicts = current.arena().array<verdict>(lookups.size());
    for (std::size_t number = 0; number < verdicts.size(); ++number) verdicts[number].key = lookups[number].key;
    lookup_task work(current, lookups, verdicts.data());
    // The text may come from anybody: neither its values nor the tables' owners get code of theirs run by it.
    pg::function_gate const gate{{}};
    examine_by_child(current, verdicts, work);
    for (std::size_t number = 0; number < verdicts.size(); ++number) {
        lookups[number].why_not = verdicts[number].why_not;
        lookups[number].detail = verdicts[number].detail;
        if (verdicts[number].why_not == reason::none) continue;
        lookups[number].parent_exists.reset();
        lookups[number].child_rows.reset();
    }
}

}  // namespace fkaudit::check
