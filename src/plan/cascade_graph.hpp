#pragma once

#include <cstdint>

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// What happens to rows of the parent.
enum class row_event : char { deleted, key_updated };

/// Which columns of the child a key's action writes: the column list of ON DELETE SET NULL or SET DEFAULT, or the whole
/// key.
std::span<std::int16_t const> written_columns(model::constraint const& key, row_event event) noexcept;

/// The key's action on an event.
inline model::action action_on(model::constraint const& key, row_event event) noexcept {
    return event == row_event::deleted ? key.on_delete : key.on_update;
}

/// CASCADE, SET NULL, SET DEFAULT: the child follows. NO ACTION and RESTRICT refuse instead.
inline bool acts(model::action action) noexcept {
    return action != model::action::no_action && action != model::action::restrict_;
}

/// How deletes and key changes spread over the enforced foreign keys of a database. Partitions count as their root
/// table. What a statement does goes in rounds (ri_triggers.c, trigger.c: AfterTriggerEndQuery): the rows that round n
/// deletes or rewrites queue their own triggers for round n + 1, so that a key's own check or action comes one round
/// after the rows that it is about. Every question costs at most one walk over the keys.
class cascade_graph {
public:
    using keys = std::span<model::constraint const* const>;
    static constexpr std::uint32_t never = UINT32_MAX;

    cascade_graph(model::arena& arena, model::database const& database);

    /// The roots of all tables that have or are referenced by an enforced key; the other members take positions in it.
    std::span<model::relation const* const> tables() const noexcept { return {tables_.data(), tables_.size()}; }
    /// tables().size(): not one of them.
    std::size_t position_of(model::relation const& table) const noexcept;
    /// The enforced keys whose parent it is, in the database's order.
    keys referencing(std::size_t table) const noexcept;
    /// The positions of the ends of a key of the database.
    std::size_t child_of(model::constraint const& key) const noexcept { return ends_[number_of(key)].child; }
    std::size_t parent_of(model::constraint const& key) const noexcept { return ends_[number_of(key)].parent; }
    /// The key's place in the database's order.
    std::size_t number_of(model::constraint const& key) const noexcept {
        return static_cast<std::size_t>(&key - database_.constraints.data());
    }

    /// How a delete in one table deletes rows of others. One object serves many walks: each costs as much as it reaches.
    struct reach {
        explicit reach(model::arena& arena) : tables(arena), rounds(arena), by(arena) {}
        model::vector<std::size_t> tables;           ///< that are reached, itself first, nearest first
        model::vector<std::uint32_t> rounds;         ///< in which each table's rows first go; 0: itself; or `never`
        model::vector<model::constraint const*> by;  ///< by which key
    };
    void delete_from(std::size_t table, reach& into) const;
    /// Whether the shortest way to `to` leads over `over`, `to` itself included.
    bool leads_over(reach const& found, std::size_t to, std::size_t over) const noexcept;
    /// The keys on the shortest way to a table that is reached.
    keys path_to(reach const& found, std::size_t to) const;

    /// A key that can refuse what another key's action does.
    struct refusal {
        model::constraint const* key = nullptr;
        std::uint32_t round = 0;  ///< in which the rows change that it is about; it is checked in the next one
        bool on_delete = true;    ///< it refuses a delete; false: a change of the key
        std::size_t after = 0;    ///< see path_to
    };

    /// What follows from a key's action on an event.
    class spread {
    public:
        /// Every key that can refuse, nearest first.
        std::span<refusal const> refusals() const noexcept { return {refusals_.data(), refusals_.size()}; }

    private:
        friend cascade_graph;
        /// A node is a table whose rows are deleted, or a key whose child's columns are written, on one of the events.
        struct visit {
            std::size_t node;
            std::size_t before;            ///< the visit that led here
            model::constraint const* via;  ///< by which key; none for the first, which stands for the parent
            std::uint32_t round;
        };

        explicit spread(model::arena& arena) : visits_(arena), refusals_(arena) {}

        model::vector<visit> visits_;
        model::vector<refusal> refusals_;
    };
    spread spread_of(model::constraint const& first, row_event event) const;
    /// The keys from the first to the refusing one, on a shortest way.
    keys path_to(spread const& found, refusal const& end) const;

private:
    using visit = spread::visit;

    std::size_t writing(model::constraint const& key, row_event event) const noexcept;
    std::size_t next(model::constraint const& key, row_event event) const noexcept;
    template <class Each>
    void each_key(std::size_t node, Each each) const;

    /// A key's ends by position.
    struct ends {
        std::size_t child, parent;
    };

    model::arena& arena_;
    model::database const& database_;
    model::vector<model::relation const*> tables_{arena_};       ///< by OID
    model::vector<ends> ends_{arena_};                           ///< by the key's number
    model::vector<model::constraint const*> by_parent_{arena_};  ///< by the parent's position, then in order
    model::vector<std::size_t> first_of_{arena_};                ///< where a parent's keys begin in by_parent_
    /// The walk in which spread_of() last saw each node: a new walk has nothing to clear.
    mutable model::vector<std::uint32_t> seen_in_{arena_};
    mutable std::uint32_t walk_ = 0;
};

}  // namespace fkaudit::plan
