#include "src/audit/candidates.hpp"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>

#include "src/audit/name_parts.hpp"
#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

std::string split(std::string_view name) {
    heap memory;
    model::arena arena(memory);
    std::string all;
    for (auto const part : audit::split_name(arena, name)) all += (all.empty() ? "" : " ") + std::string(part);
    return all;
}

TEST(NameParts, AreTheWords) {
    EXPECT_EQ(split("billing_address_id"), "billing address id");
    EXPECT_EQ(split("billingAddressID"), "billing address id");
    EXPECT_EQ(split("HTMLPageId"), "html page id");
    EXPECT_EQ(split("ORDER_ID"), "order id");
    EXPECT_EQ(split("p2007_01"), "p2007 01");
    EXPECT_EQ(split("__x--y z"), "x y z");
    EXPECT_EQ(split("stra\xc3\x9f\x65Id"), "stra\xc3\x9f\x65 id");
    EXPECT_EQ(split(""), "");
    EXPECT_EQ(split("\n"), "");
}

TEST(NameParts, NounsHaveAPlural) {
    for (auto const& [one, many] : std::vector<std::pair<std::string, std::string>>{{"order", "orders"},
                                                                                    {"address", "addresses"},
                                                                                    {"category", "categories"},
                                                                                    {"person", "people"},
                                                                                    {"salesperson", "salespeople"},
                                                                                    {"child", "children"},
                                                                                    {"analysis", "analyses"},
                                                                                    {"shelf", "shelves"},
                                                                                    {"box", "boxes"},
                                                                                    {"kunde", "kunden"},
                                                                                    {"house", "houses"}}) {
        EXPECT_TRUE(audit::is_same_noun(one, many)) << one;
        EXPECT_TRUE(audit::is_same_noun(many, one)) << one;
        EXPECT_TRUE(audit::is_same_noun(one, one)) << one;
    }
    for (auto const& [one, other] : std::vector<std::pair<std::string, std::string>>{
             {"order", "border"}, {"a", "as"}, {"car", "card"}, {"customer", "custom"}, {"", "s"}, {"y", "ies"}})
        EXPECT_FALSE(audit::is_same_noun(one, other)) << one;
}

/// Tables of integer columns; the first column is the primary key.
class shop {
public:
    shop& table(std::string const& name, std::vector<std::string> const& columns, std::size_t keys = 1,
                std::string const& schema = "s") {
        auto& one = made_.table(++last_);
        one.name = made_.name(name);
        one.schema = made_.name(schema);
        auto const list = made_.arena().array<model::column>(columns.size());
        for (std::size_t number = 0; number < list.size(); ++number) {
            list[number].number = static_cast<std::int16_t>(number + 1);
            list[number].name = made_.name(columns[number]);
            list[number].type = 23;
        }
        one.columns = list;
        auto const parts = made_.arena().array<model::index_key>(keys);
        for (std::size_t number = 0; number < keys; ++number)
            parts[number].column = static_cast<std::int16_t>(number + 1);
        auto const index = made_.arena().array<model::index>(keys > 0 ? 1 : 0);
        for (auto& primary : index) {
            primary.is_unique = primary.is_primary = primary.is_valid = true;
            primary.access_method = "btree";
            primary.keys = parts;
        }
        one.indexes = index;
        return *this;
    }

    /// Another unique index of the last table, of one column.
    shop& unique(std::int16_t column, model::expression const* predicate = nullptr) {
        auto& table = made_.relation(last_);
        auto const parts = made_.arena().array<model::index_key>(1);
        parts[0].column = column;
        auto const all = made_.arena().array<model::index>(table.indexes.size() + 1);
        std::copy(table.indexes.begin(), table.indexes.end(), all.begin());
        all.back().is_unique = all.back().is_valid = true;
        all.back().access_method = "btree";
        all.back().keys = parts;
        all.back().predicate = predicate;
        table.indexes = all;
        return *this;
    }

    /// Such as "orders.customer_id>customers.id high", one a line.
    std::string candidates() {
        auto const& database = made_.finish();
        std::string all;
        for (auto const& one : audit::find_candidates(made_.arena(), database, database, [] {})) {
            auto const side = [](model::relation const& table, std::span<std::int16_t const> columns) {
                std::string text(table.name.name);
                for (auto const column : columns) text += "." + std::string(table.find_column(column)->name.name);
                return text;
            };
            char const* const names[] = {"low", "medium", "key", "high"};
            all += (all.empty() ? "" : "\n") + side(*one.child, one.child_columns) + ">" +
                   side(*one.parent, one.parent_columns) + " " + names[static_cast<int>(one.name)];
        }
        return all;
    }

    catalog& made() { return made_; }

private:
    catalog made_;
    model::oid last_ = 0;
};

TEST(Candidates, NamesOfTheParent) {
    for (std::string const column : {"customer_id", "customerId", "CustomerID", "id_customer", "customerid",
                                     "customers_id", "fk_customer", "customer_fk", "customer_no"})
        EXPECT_EQ(shop().table("customers", {"id"}).table("orders", {"id", column}).candidates(),
                  "orders." + column + ">customers.id high");
}

TEST(Candidates, NamesOfTables) {
    for (std::string const table : {"customer", "customers", "Customer", "tbl_customer"})
        EXPECT_EQ(shop().table(table, {"id"}).table("orders", {"id", "customer_id"}).candidates(),
                  "orders.customer_id>" + table + ".id high");
    EXPECT_EQ(shop().table("order_items", {"id"}).table("returns", {"id", "order_item_id"}).candidates(),
              "returns.order_item_id>order_items.id high");
    EXPECT_EQ(shop().table("app_user", {"id"}).table("app_post", {"id", "user_id"}).candidates(),
              "app_post.user_id>app_user.id high");
}

TEST(Candidates, Roles) {
    for (std::string const column : {"billing_address_id", "address_billing_id", "address_id_billing"})
        EXPECT_EQ(shop().table("addresses", {"id"}).table("orders", {"id", column}).candidates(),
                  "orders." + column + ">addresses.id medium");
    EXPECT_EQ(shop().table("categories", {"id", "parent_id"}).candidates(), "categories.parent_id>categories.id low");
    EXPECT_EQ(shop().table("staff", {"id", "reports_to"}).candidates(), "staff.reports_to>staff.id low");
    EXPECT_EQ(shop().table("region", {"id"}).table("orders", {"id", "region"}).candidates(),
              "orders.region>region.id medium");
}

TEST(Candidates, TheNameOfTheKey) {
    EXPECT_EQ(shop().table("people", {"playerID"}).table("awards", {"id", "playerID"}).candidates(),
              "awards.playerID>people.playerID key");
    // The parent's own name says more.
    EXPECT_EQ(shop()
                  .table("person", {"person_id"})
                  .table("student", {"person_id"})
                  .table("grade", {"id", "person_id"})
                  .candidates(),
              "grade.person_id>person.person_id high\nstudent.person_id>person.person_id high");
}

TEST(Candidates, NoClaimWithoutReason) {
    EXPECT_EQ(shop().table("a", {"id", "name", "code"}).table("b", {"id", "name", "code"}).candidates(), "");
    EXPECT_EQ(shop().table("customers", {"id"}).table("orders", {"id", "total", "custom_id"}).candidates(), "");
    EXPECT_EQ(shop().table("customers", {"id"}, 0).table("orders", {"id", "customer_id"}).candidates(), "");
    EXPECT_EQ(shop().table("store", {"store_id", "x"}).candidates(), "");
    EXPECT_EQ(shop().table("customers", {"id"}).table("types", {"customer_type_id"}).candidates(), "");
}

TEST(Candidates, OnlyIndexesThatAKeyCanReferTo) {
    auto const customers = [](model::expression const* predicate) {
        return shop()
            .table("customers", {"id", "customer_no"}, 0)
            .unique(2, predicate)
            .table("orders", {"id", "customer_no"})
            .candidates();
    };
    EXPECT_EQ(customers(nullptr), "orders.customer_no>customers.customer_no high");
    model::expression const predicate{};
    EXPECT_EQ(customers(&predicate), "");
}

TEST(Candidates, AColumnDoesNotReferToItself) {
    EXPECT_EQ(shop().table("categories", {"name", "parent_id"}).unique(2).candidates(),
              "categories.parent_id>categories.name low");
    EXPECT_EQ(shop().table("customer", {"id", "customer_no"}).unique(2).candidates(), "");
    EXPECT_EQ(shop().table("customer", {"id", "customerid"}).unique(2).candidates(), "");
}

TEST(Candidates, PolymorphicPairsAreNone) {
    EXPECT_EQ(shop()
                  .table("owners", {"id"})
                  .table("notes", {"id", "owner_id", "owner_type"})
                  .table("files", {"id", "ownerId", "ownerKind"})
                  .candidates(),
              "");
}

TEST(Candidates, KeysOfSeveralColumns) {
    EXPECT_EQ(shop()
                  .table("teams", {"year", "league", "team_id"}, 3)
                  .table("managers", {"id", "year", "league", "team_id"})
                  .candidates(),
              "managers.year.league.team_id>teams.year.league.team_id high");
    EXPECT_EQ(shop().table("orders", {"id", "year"}, 2).table("lines", {"line", "order_id", "year"}).candidates(),
              "lines.order_id.year>orders.id.year high");
    // Two tables with one key: neither is the other's child by name.
    EXPECT_EQ(shop().table("batting", {"year", "stint"}, 2).table("fielding", {"year", "stint"}, 2).candidates(), "");
}

TEST(Candidates, DeclaredColumnsAreLeftOut) {
    shop made;
    made.table("customers", {"id"}).table("orders", {"id", "customer_id", "old_customer_id"});
    auto& key = made.made().key(10, 2, 1);
    auto const columns = made.made().arena().array<std::int16_t>(1);
    columns[0] = 2;
    key.child_columns = columns;
    EXPECT_EQ(made.candidates(), "orders.old_customer_id>customers.id medium");
}

TEST(Candidates, TheNearestSchemaIsMeant) {
    EXPECT_EQ(shop()
                  .table("customers", {"id"}, 1, "a")
                  .table("customers", {"id", "x"}, 1, "b")
                  .table("orders", {"id", "customer_id"}, 1, "b")
                  .candidates(),
              "orders.customer_id>customers.id high");
    EXPECT_EQ(shop()
                  .table("customers", {"id"}, 1, "a")
                  .table("customers", {"id"}, 1, "b")
                  .table("orders", {"id", "customer_id"}, 1, "c")
                  .candidates(),
              "orders.customer_id>customers.id high\norders.customer_id>customers.id high");
}

TEST(Candidates, AreSearchedForWithPauses) {
    catalog made;
    made.table(1);
    made.table(2);
    auto const& database = made.finish();
    EXPECT_THROW((void)audit::find_candidates(made.arena(), database, database, [] { throw 1; }), int);
}

}  // namespace
}  // namespace fkaudit::test
