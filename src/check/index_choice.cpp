#include "src/check/index_choice.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/node_tree.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using model::constraint;
using model::oid;
using text = std::string_view;

enum class side { child, parent };

bool is_built_in(oid id) noexcept { return id != model::no_oid && id < FirstNormalObjectId; }

model::column const& column_of(constraint const& key, side which, std::size_t position) {
    return which == side::child ? key.child_column(position) : key.parent_column(position);
}

/// What keeps a column's values from being found through an index, whatever index; empty: nothing.
text column_fault(constraint const& key, std::size_t position) {
    auto const& child = key.child_column(position);
    auto const& parent = key.parent_column(position);
    Oid left = InvalidOid, right = InvalidOid;
    op_input_types(key.operators[position], &left, &right);
    Oid const base = getBaseType(child.type);
    if (!IsBinaryCoercible(base, right)) return "the server casts it for the comparison";
    for (Oid const type : {base, getBaseType(parent.type)})
        if (!is_built_in(type) && !type_is_enum(type)) return "its type, or the parent's, is not built in";
    if (type_is_rowtype(base)) return "its type is composite";
    if (!OidIsValid(get_array_type(base))) return "there are no arrays of its type";
    // Equal by the child's collation need not be equal by the parent's.
    if (child.collation != parent.collation && OidIsValid(child.collation) &&
        !get_collation_isdeterministic(child.collation))
        return "its collation is nondeterministic and not the parent's";
    return {};
}

text key_fault(model::arena& arena, constraint const& key) {
    if (key.is_temporal) return "temporal keys are not looked up by equality";
    for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
        auto const before = key.child_columns.first(position);
        auto const parents_before = key.parent_columns.first(position);
        auto const is_in = [](auto const& list, std::int16_t number) {
            return std::find(list.begin(), list.end(), number) != list.end();
        };
        if (is_in(before, key.child_columns[position]) || is_in(parents_before, key.parent_columns[position]))
            return "the key names a column twice";
        if (auto const fault = column_fault(key, position); !fault.empty())
            return arena.concat("column ", key.child_column(position).name.quoted, ": ", fault);
    }
    return {};
}

/// Whether every row whose key is not NULL is in a partial index: its predicate is `column IS NOT NULL`.
bool is_implied(model::arena& arena, Relation index, std::int16_t attribute) {
    bool is_null = false;
    Datum const tree = SysCacheGetAttr(INDEXRELID, index->rd_indextuple, Anum_pg_index_indpred, &is_null);
    if (is_null) return true;
    auto const* const read = pg::read_expression(arena, pg::spi::copy_text(arena, tree));
    using form = model::expression::form;
    return read != nullptr && read->kind == form::null_test && read->negated && read->arguments.size() == 1 &&
           read->arguments[0].kind == form::column && read->arguments[0].column == attribute;
}

/// Looks for one table's index. Members may ereport.
class index_search {
public:
    index_search(model::arena& arena, constraint const& key, side which) : arena_(arena), key_(key), which_(which) {}

    text find(Relation table, key_index& best) {
        if (table->rd_rel->relkind != RELKIND_RELATION || table->rd_rel->relam != HEAP_TABLE_AM_OID)
            return no(table, "is not a heap table");
        if (!find_attributes(table)) return no(table, "lacks a column of the key");
        List* const ids = RelationGetIndexList(table);
        ListCell* cell = nullptr;
        BlockNumber best_pages = InvalidBlockNumber;
        foreach (cell, ids) {
            Oid const id = lfirst_oid(cell);
            if (!ConditionalLockRelationOid(id, AccessShareLock)) {
                nearest_ = arena_.concat(name_of(id), " is locked by another session");
                continue;
            }
            Relation const index = index_open(id, NoLock);
            BlockNumber const pages = RelationGetNumberOfBlocks(index);
            if (fits(index) && (best.id == model::no_oid || pages < best_pages)) {
                best_pages = pages;
                best = {RelationGetRelid(table), id, name_of(id), describe(index)};
            }
            index_close(index, NoLock);
        }
        if (best.id != model::no_oid) return {};
        if (!nearest_.empty()) return nearest_;
        return no(table, "has no btree index that begins with the key's columns");
    }

private:
    text no(Relation table, text why) { return arena_.concat(name_of(RelationGetRelid(table)), ' ', why); }

    text name_of(Oid id) {
        return arena_.copy(
            text(quote_qualified_identifier(get_namespace_name(get_rel_namespace(id)), get_rel_name(id))));
    }

    std::size_t size() const { return key_.child_columns.size(); }

    /// A partition's columns have the names of the parent's, and numbers of their own.
    bool find_attributes(Relation table) {
        attributes_ = arena_.array<std::int16_t>(size());
        for (std::size_t position = 0; position < size(); ++position) {
            auto const name = column_of(key_, which_, position).name.name;
            attributes_[position] = get_attnum(RelationGetRelid(table), pnstrdup(name.data(), name.size()));
            if (attributes_[position] == InvalidAttrNumber) return false;
        }
        return true;
    }

    std::size_t position_of(std::int16_t attribute) const {
        return static_cast<std::size_t>(std::find(attributes_.begin(), attributes_.end(), attribute) -
                                        attributes_.begin());
    }

    bool begins_with_key(Relation index) const {
        auto const& row = *index->rd_index;
        if (index->rd_rel->relam != BTREE_AM_OID || static_cast<std::size_t>(row.indnkeyatts) < size()) return false;
        auto const seen = arena_.array<bool>(size());
        for (std::size_t number = 0; number < size(); ++number) {
            auto const position = position_of(row.indkey.values[number]);
            if (position == size() || seen[position]) return false;
            seen[position] = true;
        }
        return true;
    }

    bool fits(Relation index) {
        if (!begins_with_key(index)) return false;
        auto const fault = fault_of(index);
        if (!fault.empty()) nearest_ = arena_.concat(name_of(RelationGetRelid(index)), ' ', fault);
        return fault.empty();
    }

    text fault_of(Relation index) {
        auto const& row = *index->rd_index;
        if (!row.indisvalid) return "is invalid";
        if (!row.indisready) return "is not ready";
        // As the planner has it (plancat.c: get_relation_info): it lacks rows that older snapshots see.
        if (row.indcheckxmin &&
            !TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data), TransactionXmin))
            return "is younger than this transaction's snapshot";
        // Rows with NULL in some other column of the key have to be counted, too.
        bool const is_partial = !heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, nullptr);
        if (is_partial && (size() > 1 || !is_implied(arena_, index, attributes_[0]))) return "is partial";
        for (int number = 0; number < static_cast<int>(size()); ++number)
            if (auto const fault = column_fault_of(index, number); !fault.empty()) return fault;
        return {};
    }

    text column_fault_of(Relation index, int number) const {
        auto const position = position_of(index->rd_index->indkey.values[number]);
        auto const& column = column_of(key_, which_, position);
        Oid const family = index->rd_opfamily[number], type = index->rd_opcintype[number];
        if (index->rd_indcollation[number] != column.collation) return "sorts by another collation than the column's";
        if (!is_built_in(family) ||
            !is_built_in(index_getprocid(index, static_cast<AttrNumber>(number + 1), BTORDER_PROC)))
            return "compares by code that is not PostgreSQL's own";
        if (which_ == side::child) {
            auto const* const own = lookup_type_cache(getBaseType(column.type), TYPECACHE_EQ_OPR);
            bool const is_own = get_opfamily_member(family, type, type, BTEqualStrategyNumber) == own->eq_opr;
            return is_own ? text() : text("is of another operator class than the type's own");
        }
        Oid left = InvalidOid, right = InvalidOid;
        op_input_types(key_.operators[position], &left, &right);
        if (left != type || get_op_opfamily_strategy(key_.operators[position], family) != BTEqualStrategyNumber)
            return "is of an operator class without the key's operator";
        if (!is_built_in(get_opcode(key_.operators[position]))) return "compares by code that is not PostgreSQL's own";
        return {};
    }

    std::span<index_column const> describe(Relation index) {
        auto const columns = arena_.array<index_column>(size());
        for (std::size_t number = 0; number < size(); ++number) {
            auto const attribute = index->rd_index->indkey.values[number];
            auto const option = index->rd_indoption[number];
            columns[number] = {position_of(attribute),
                               attribute,
                               index->rd_opfamily[number],
                               index->rd_opcintype[number],
                               index->rd_indcollation[number],
                               (option & INDOPTION_DESC) != 0,
                               (option & INDOPTION_NULLS_FIRST) != 0};
        }
        return columns;
    }

    model::arena& arena_;
    constraint const& key_;
    side which_;
    std::span<std::int16_t> attributes_{};
    text nearest_{};  ///< what is wrong with an index that begins with the key's columns
};

text choose_side(model::arena& arena, constraint const& key, side which, std::span<oid const> tables,
                 std::span<key_index const>& chosen) {
    auto const found = arena.array<key_index>(tables.size());
    std::size_t count = 0;
    for (oid const id : tables) {
        if (get_rel_relkind(id) == RELKIND_PARTITIONED_TABLE) continue;
        Relation const table = relation_open(id, NoLock);
        auto const no = index_search(arena, key, which).find(table, found[count++]);
        relation_close(table, NoLock);
        if (!no.empty()) return no;
    }
    chosen = found.first(count);
    return {};
}

/// Whether what is equal in the child's index is equal for the key: by one family's promise, or because equal values
/// are the same bytes.
bool is_finer(index_column const& child, oid parent_family) {
    if (child.family == parent_family) return true;
    Oid const same_bytes = get_opfamily_proc(child.family, child.type, child.type, BTEQUALIMAGE_PROC);
    return OidIsValid(same_bytes) &&
           DatumGetBool(OidFunctionCall1Coll(same_bytes, child.collation, ObjectIdGetDatum(child.type)));
}

text compare_sides(model::arena& arena, key_indexes const& chosen) {
    for (auto const& child : chosen.children)
        for (auto const& parent : chosen.parents)
            for (auto const& here : child.columns)
                for (auto const& there : parent.columns)
                    if (here.position == there.position && !is_finer(here, there.family))
                        return arena.concat(child.name, " and ", parent.name, " are of different operator families");
    return {};
}

}  // namespace

std::string_view choose_indexes(pg::call& current, prepared_key const& prepared, key_indexes& chosen) {
    auto& arena = current.arena();
    auto const& key = *prepared.key;
    return pg::guarded([&]() -> text {
        if (auto const no = key_fault(arena, key); !no.empty()) return no;
        if (auto const no = choose_side(arena, key, side::child, prepared.child_tables, chosen.children); !no.empty())
            return no;
        if (auto const no = choose_side(arena, key, side::parent, prepared.parent_tables, chosen.parents); !no.empty())
            return no;
        return compare_sides(arena, chosen);
    });
}

}  // namespace fkaudit::check
