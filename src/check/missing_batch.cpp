#include "src/check/missing_batch.hpp"

#include "src/check/key_sql.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

/// Part of maintenance_work_mem: the query takes as much again for its arrays, and more for its hash table.
constexpr std::size_t memory_share = 8;
constexpr std::size_t most_keys = 100'000;

/// A column name that is none of the key's.
std::string_view free_name(model::arena& arena, model::constraint const& key) {
    std::string_view name = "n";
    for (int number = 1;; ++number) {
        bool is_taken = false;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position)
            is_taken = is_taken || key.child_column(position).name.name == name;
        if (!is_taken) return name;
        name = arena.concat("n", number);
    }
}

}  // namespace

missing_batch::missing_batch(pg::call& current, prepared_key const& prepared, MemoryContext context)
    : current_(current),
      copies_(
          pg::guarded([&] { return AllocSetContextCreate(context, "fkaudit missing keys", ALLOCSET_DEFAULT_SIZES); })),
      search_(prepared, current.arena(), copies_),
      resource_(context),
      columns_(current.arena().array<column>(prepared.key->child_columns.size())),
      places_(model::allocator<std::size_t>(resource_)),
      values_(model::allocator<Datum>(resource_)),
      found_(model::allocator<bool>(resource_)) {
    pg::guarded([&] {
        for (std::size_t position = 0; position < columns_.size(); ++position) {
            auto& one = columns_[position];
            one.type = getBaseType(prepared.key->child_column(position).type);
            get_typlenbyvalalign(one.type, &one.length, &one.by_value, &one.alignment);
        }
    });
    if (!search_.is_possible()) query_ = write_query(prepared);
}

/// The keys' numbers, from 1, that have a parent: the keys stand for the child in the very comparison of the key.
std::string_view missing_batch::write_query(prepared_key const& prepared) {
    auto& arena = current_.arena();
    auto const& key = *prepared.key;
    auto const sql = write_key_sql(arena, key);
    auto const number = free_name(arena, key);
    std::string_view arrays, names;
    for (std::size_t position = 0; position < columns_.size(); ++position) {
        auto const* const separator = position == 0 ? "" : ", ";
        arrays = arena.concat(arrays, separator, "pg_catalog.unnest($", position + 1, ")");
        names = arena.concat(names, key.child_column(position).name.quoted, ", ");
    }
    return arena.concat("SELECT DISTINCT c.", number, " FROM ROWS FROM (", arrays, ") WITH ORDINALITY c(", names,
                        number, "), ", sql.parent_source, " WHERE ", sql.matches, '\0');
}

void missing_batch::add(std::size_t place, Datum const* values) {
    MemoryContext const before = MemoryContextSwitchTo(copies_);
    for (std::size_t position = 0; position < columns_.size(); ++position)
        values_.push_back(datumCopy(values[position], columns_[position].by_value, columns_[position].length));
    MemoryContextSwitchTo(before);
    places_.push_back(place);
}

bool missing_batch::is_full() const noexcept {
    auto const bytes = MemoryContextMemAllocated(copies_, true) + values_.capacity() * sizeof(Datum);
    return size() >= most_keys || bytes >= static_cast<std::size_t>(maintenance_work_mem) * 1024 / memory_share;
}

void missing_batch::confirm() {
    found_.assign(size(), false);
    if (size() == 0) return;
    if (search_.is_possible())
        search_.run({values_.data(), values_.size()}, found_);
    else
        ask();
}

void missing_batch::ask() {
    auto const width = columns_.size();
    auto const types = current_.arena().array<Oid>(width);
    auto const arrays = current_.arena().array<Datum>(width);
    pg::guarded([&] {
        MemoryContext const before = MemoryContextSwitchTo(copies_);
        auto* const elements = static_cast<Datum*>(MemoryContextAllocHuge(copies_, size() * sizeof(Datum)));
        for (std::size_t position = 0; position < width; ++position) {
            auto const& one = columns_[position];
            for (std::size_t number = 0; number < size(); ++number) elements[number] = values(number)[position];
            types[position] = get_array_type(one.type);
            arrays[position] = PointerGetDatum(
                construct_array(elements, static_cast<int>(size()), one.type, one.length, one.by_value, one.alignment));
        }
        MemoryContextSwitchTo(before);
        constexpr std::array<Oid, 1> result{INT8OID};
        pg::spi::execute(query_.data(), static_cast<int>(width), types.data(), arrays.data(), nullptr, result);
        for (std::uint64_t row = 0; row < SPI_processed; ++row) {
            bool is_null = false;
            Datum const number = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1, &is_null);
            found_[static_cast<std::size_t>(DatumGetInt64(number) - 1)] = true;
        }
        SPI_freetuptable(SPI_tuptable);
    });
}

void missing_batch::clear() {
    pg::guarded([&] { MemoryContextReset(copies_); });
    places_.clear();
    values_.clear();
}

}  // namespace fkaudit::check
