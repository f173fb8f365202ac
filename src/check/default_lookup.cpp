#include "src/check/default_lookup.hpp"

#include "src/check/default_sql.hpp"
#include "src/check/examination.hpp"
#include "src/check/key_sql.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using text = std::string_view;

/// The foreign key cut down to the columns that get a default.
model::constraint restrict_to(model::arena& arena, model::default_key const& wanted) {
    auto cut = *wanted.key;
    auto const count = wanted.values.size();
    auto const children = arena.array<std::int16_t>(count), parents = arena.array<std::int16_t>(count);
    auto const operators = arena.array<model::oid>(count);
    std::size_t next = 0;
    for (std::size_t position = 0; position < wanted.key->child_columns.size(); ++position)
        for (auto const& one : wanted.values)
            if (one.column->number == wanted.key->child_columns[position] && next < count) {
                children[next] = wanted.key->child_columns[position];
                parents[next] = wanted.key->parent_columns[position];
                operators[next++] = wanted.key->operators[position];
            }
    cut.child_columns = children;
    cut.parent_columns = parents;
    cut.operators = operators;
    return cut;
}

class lookup_task final : public task {
public:
    lookup_task(pg::call& current, std::span<default_lookup> lookups) : current_(current), lookups_(lookups) {}

    purpose what() const noexcept override { return purpose::query; }
    void run(engine&, std::span<work_item> items) override {
        for (auto const& item : items) look_up(item.prepared);
    }

private:
    void look_up(prepared_key const& key) {
        auto& arena = current_.arena();
        for (auto& one : lookups_) {
            if (one.wanted.key != key.key) continue;
            auto const sql = write_key_sql(arena, restrict_to(arena, one.wanted));
            auto const values = pg::guarded([&] {
                return arena.join(one.wanted.values, ", ",
                                  [&](model::default_value const& value) { return write_default(arena, value); });
            });
            auto const query = arena.concat("SELECT EXISTS (SELECT FROM ", sql.parent_source, ", (SELECT ", values,
                                            ") AS c WHERE ", sql.matches, ")", '\0');
            one.exists = std::get<0>(pg::spi::select<pg::spi::row<bool>>(arena, query.data())[0]);
        }
    }

    pg::call& current_;
    std::span<default_lookup> lookups_;
};

}  // namespace

void look_up(pg::call& current, std::span<default_lookup> lookups) {
    auto verdicts = current.arena().array<verdict>(lookups.size());
    for (std::size_t number = 0; number < verdicts.size(); ++number) verdicts[number].key = lookups[number].wanted.key;
    lookup_task work(current, lookups);
    // Who asks about the schema does not expect anybody's code to run, not even as its own owner.
    pg::function_gate const gate{{}};
    examine_by_child(current, verdicts, work);
    for (std::size_t number = 0; number < verdicts.size(); ++number) {
        lookups[number].why_not = verdicts[number].why_not;
        lookups[number].detail = verdicts[number].detail;
    }
}

}  // namespace fkaudit::check
