#include "src/check/parent_search.hpp"

#include "src/check/key_gatherer.hpp"
#include "src/check/scan_pass.hpp"
#include "src/check/stored_value.hpp"
#include "src/keys/bucket_table.hpp"

namespace fkaudit::check {

namespace {

template <class Key>
std::span<Key const> keys_of(key_gatherer const& some) noexcept {
    if constexpr (std::is_same_v<Key, keys::word>)
        return some.words();
    else
        return some.pairs();
}

bool is_less(keys::word a, keys::word b) noexcept { return a < b; }
bool is_less(keys::pair const& a, keys::pair const& b) noexcept {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

/// A key that is looked for, and its number.
template <class Key>
struct wanted_key {
    Key key;
    std::size_t number;
};

/// Keys that are looked for: most of a parent's are none of them, which the table tells.
template <class Key>
class wanted_keys {
public:
    wanted_keys(model::memory_resource& memory, std::size_t count)
        : all_(model::allocator<wanted_key<Key>>(memory)),
          table_(keys::bucket_table<Key>::with_room(memory, count, make_seed())) {
        all_.reserve(count);
    }

    void add(Key const& key) {
        all_.push_back({key, all_.size()});
        table_.insert({&key, 1});
    }
    void sort() {
        std::sort(all_.begin(), all_.end(), [](auto const& a, auto const& b) { return is_less(a.key, b.key); });
    }

    /// `use(number)` for each that is among some keys, of which there are no more than rows in a page.
    template <class Use>
    void find(std::span<Key const> some, Use use) const {
        std::uint32_t others[MaxHeapTuplesPerPage + 1];
        auto const count = table_.find_missing(some, others);
        if (count == some.size()) return;
        for (std::uint32_t position = 0, next = 0; position < some.size(); ++position) {
            if (next < count && others[next] == position) {
                ++next;
                continue;
            }
            auto one = std::lower_bound(all_.begin(), all_.end(), some[position],
                                        [](auto const& a, Key const& key) { return is_less(a.key, key); });
            for (; one != all_.end() && one->key == some[position]; ++one) use(one->number);
        }
    }

private:
    model::vector<wanted_key<Key>> all_;
    keys::bucket_table<Key> table_;
};

}  // namespace

parent_search::parent_search(prepared_key const& prepared, model::arena& arena, MemoryContext context)
    : prepared_(prepared),
      context_(context),
      format_(find_key_format(arena, *prepared.key)) {}

void parent_search::run(std::span<Datum const> values, model::vector<bool>& found) {
    if (format_->form == key_form::word)
        run_with<keys::word>(values, found);
    else
        run_with<keys::pair>(values, found);
}

template <class Key>
void parent_search::run_with(std::span<Datum const> values, model::vector<bool>& found) {
    scoped_context const own(context_, "fkaudit parent search");
    pg::context_resource resource(own.get());
    model::arena arena(resource);
    auto const& key = *prepared_.key;
    auto const width = key.child_columns.size();
    wanted_keys<Key> wanted(resource, values.size() / width);
    for (std::size_t first = 0; first < values.size(); first += width) wanted.add(pack<Key>(&values[first]));
    wanted.sort();

    auto const positions = arena.array<std::size_t>(width);
    auto const columns = arena.array<wanted_column>(width);
    for (std::size_t part = 0; part < width; ++part) {
        positions[part] = part;
        columns[part] = {key.parent_column(part).name.name, format_->parent[part]};
    }
    heap_page page(arena, own.get(), columns);
    key_gatherer gatherer(arena, *format_, format_->parent, positions);
    for (auto const id : heaps(arena, prepared_.parent_tables))
        read_heap({.id = id}, page, [&] {
            gatherer.gather(page);
            wanted.find(keys_of<Key>(gatherer), [&](std::size_t number) { found[number] = true; });
            return true;
        });
}

/// As a page's keys are packed.
template <class Key>
Key parent_search::pack(Datum const* values) const {
    Key key{};
    for (std::size_t part = 0; part < format_->child.size(); ++part) {
        auto const& format = format_->child[part];
        if (format.how != storage::integer) {
            std::string_view const stored(static_cast<char const*>(DatumGetPointer(values[part])), sizeof key);
            char room[sizeof key + keys::most_added];
            std::memcpy(&key, rewrite(stored, format.change, room).data(), sizeof key);
            return key;
        }
        char stored[sizeof(Datum)];
        auto const* value = stored;
        if (static_cast<std::size_t>(format.width) > sizeof stored)
            value = static_cast<char const*>(DatumGetPointer(values[part]));
        else
            store_att_byval(stored, values[part], format.width);
        place(key, format_->fields[part], rewrite(load_integer(value, format.width), format.change));
    }
    return key;
}

}  // namespace fkaudit::check
