#include "src/check/parent_keys.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

std::uint64_t make_seed() {
    return pg::guarded([] {
        std::uint64_t seed = 0;
        if (!pg_strong_random(&seed, sizeof seed)) elog(ERROR, "could not generate random values");
        return seed;
    });
}

scoped_context::scoped_context(MemoryContext above, char const* name)
    : context_(pg::guarded([&] { return AllocSetContextCreateInternal(above, name, ALLOCSET_DEFAULT_SIZES); })) {}

template <class Add>
void parent_keys::read_tables(parent_source const& from, LOCKMODE lock, Add add) {
    scoped_context const scratch(context_.get(), "fkaudit parent scan");
    pg::context_resource resource(scratch.get());
    model::arena arena(resource);
    heap_page page(arena, scratch.get(), from.columns);
    auto const positions = arena.array<std::size_t>(from.columns.size());
    for (std::size_t position = 0; position < positions.size(); ++position) positions[position] = position;
    key_gatherer gatherer(arena, format_, format_.parent, positions);

    bool is_over = false;
    for (auto const id : from.tables) {
        read_heap({.id = id, .lock = lock}, page, [&] {
            gatherer.gather(page);
            try {
                add(gatherer);
            } catch (keys::over_budget const&) {
                is_over = true;  // the scan is to be ended first
            }
            return !is_over;
        });
        if (is_over) throw keys::over_budget{};
    }
}

void parent_keys::read(parent_source const& from, LOCKMODE lock) {
    auto const seed = make_seed();
    auto const expected = from.blocks * rows_in_a_block;
    switch (format_.form) {
        case key_form::word: {
            keys::integer_set_builder<keys::word> builder(memory_, format_.fields, seed, expected);
            read_tables(from, lock, [&](key_gatherer const& some) { builder.add(some.words()); });
            set_.words = builder.finish();
            break;
        }
        case key_form::pair: {
            keys::integer_set_builder<keys::pair> builder(memory_, format_.fields, seed, expected);
            read_tables(from, lock, [&](key_gatherer const& some) { builder.add(some.pairs()); });
            set_.pairs = builder.finish();
            break;
        }
        case key_form::text: {
            keys::text_set_builder builder(memory_, seed);
            read_tables(from, lock, [&](key_gatherer const& some) { builder.add(some.texts()); });
            set_.texts = builder.finish();
            break;
        }
    }
}

}  // namespace fkaudit::check
