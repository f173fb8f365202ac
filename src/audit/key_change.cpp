#include "src/audit/key_change.hpp"

#include <algorithm>
#include <tuple>

namespace fkaudit::audit {

namespace {

using text = std::string_view;

auto by_name(key_record const& one) { return std::tuple(one.child, one.constraint_name); }
auto by_columns(key_record const& one) {
    return std::tuple(one.child, one.child_columns, one.parent, one.parent_columns);
}
auto by_id(key_record const& one) { return one.id; }

using list = model::vector<key_record const*>;

list all_of(model::arena& arena, std::span<key_record const> keys) {
    list all(arena);
    for (auto const& one : keys) all.push_back(&one);
    return all;
}

class reconciliation {
public:
    reconciliation(model::arena& arena, std::span<key_record const> recorded, std::span<key_record const> current)
        : recorded_(all_of(arena, recorded)),
          current_(all_of(arena, current)),
          found_(arena),
          steps_(arena) {}

    std::span<key_step const> run(model::arena& arena) {
        auto const is_elsewhere = [](key_record const& one) { return one.id == model::no_oid; };
        pair(
            by_id, [&](key_record const& one) { return !is_elsewhere(one); },
            [this](key_record const& before, key_record const& after) {
                found_.push_back(before.id);
                if (before.whole != after.whole) steps_.push_back({key_step::kind::altered, &before, &after});
            });
        end_superseded();
        pair(
            by_name, [](key_record const&) { return true; },
            [&](key_record const& before, key_record const& after) {
                auto const kind = !is_elsewhere(before)         ? key_step::kind::rebuilt
                                  : before.whole == after.whole ? key_step::kind::known
                                                                : key_step::kind::altered;
                steps_.push_back({kind, &before, &after});
            });
        pair(by_columns, is_elsewhere, [this](key_record const& before, key_record const& after) {
            steps_.push_back({key_step::kind::altered, &before, &after});
        });
        for (auto const* const one : recorded_) steps_.push_back({key_step::kind::dropped, one, nullptr});
        for (auto const* const one : current_) steps_.push_back({key_step::kind::added, nullptr, one});

        std::stable_sort(steps_.begin(), steps_.end(), [](key_step const& a, key_step const& b) {
            auto const subject = [](key_step const& one) { return one.after == nullptr ? one.before : one.after; };
            return std::tuple(a.after != nullptr, by_name(*subject(a))) <
                   std::tuple(b.after != nullptr, by_name(*subject(b)));
        });
        return arena.copy(std::span<key_step const>(steps_.data(), steps_.size()));
    }

private:
    /// Takes those out of both lists that have the same identity; `may` says which of the recorded ones take part. Of
    /// several with one identity the last one recorded is taken.
    template <class Identity, class May, class Found>
    void pair(Identity identity, May may, Found found) {
        auto const before = [&](auto const* a, auto const* b) { return identity(*a) < identity(*b); };
        std::stable_sort(current_.begin(), current_.end(), before);
        for (auto at = recorded_.size(); at-- > 0;) {
            auto const* const one = recorded_[at];
            if (!may(*one)) continue;
            auto const place = std::lower_bound(current_.begin(), current_.end(), one, before);
            if (place == current_.end() || identity(**place) != identity(*one)) continue;
            found(*one, **place);
            current_.erase(place);
            recorded_.erase(recorded_.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }

    /// Records whose constraint has been found under a later one.
    void end_superseded() {
        std::sort(found_.begin(), found_.end());
        auto const is_superseded = [&](key_record const* one) {
            return std::binary_search(found_.begin(), found_.end(), one->id);
        };
        for (auto const* const one : recorded_)
            if (is_superseded(one)) steps_.push_back({key_step::kind::superseded, one, nullptr});
        recorded_.erase(std::remove_if(recorded_.begin(), recorded_.end(), is_superseded), recorded_.end());
    }

    list recorded_, current_;          ///< those that have no counterpart yet
    model::vector<model::oid> found_;  ///< the constraints that were found by OID
    model::vector<key_step> steps_;
};

}  // namespace

text name_change(key_record const& before, key_record const& after) noexcept {
    if (before.whole == after.whole) return {};
    if (before.bypassed != after.bypassed && before.enforcement == after.enforcement)
        return after.bypassed > before.bypassed ? "disabled" : "enabled";
    if (before.enforcement != after.enforcement || before.deferrability != after.deferrability) return "changed";
    if (before.validity != after.validity) return after.validity == "valid" ? "validated" : "changed";
    if (by_name(before) == by_name(after) && by_columns(before) == by_columns(after) &&
        before.triggers != after.triggers)
        return "changed";
    return "renamed";
}

std::span<key_step const> reconcile(model::arena& arena, std::span<key_record const> recorded,
                                    std::span<key_record const> current) {
    return reconciliation(arena, recorded, current).run(arena);
}

}  // namespace fkaudit::audit
