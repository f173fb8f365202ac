#include "src/pg/result_set.hpp"

namespace fkaudit::pg {

Oid row_builder::next_type() const {
    if (position_ >= columns_->natts)
        raise_mismatch(psprintf("The SQL function has %d columns, the library writes more.", columns_->natts));
    return TupleDescAttr(columns_, position_)->atttypid;
}

void row_builder::set(Datum value, std::initializer_list<Oid> allowed) {
    Oid const declared = next_type();
    if (std::find(allowed.begin(), allowed.end(), declared) == allowed.end())
        raise_mismatch(psprintf("Column \"%s\" of the SQL function has type %s, the library writes %s.",
                                NameStr(TupleDescAttr(columns_, position_)->attname), format_type_be(declared),
                                format_type_be(*allowed.begin())));
    values_[position_] = value;
    nulls_[position_] = false;
    ++position_;
}

void row_builder::check_complete() const {
    if (position_ != columns_->natts)
        raise_mismatch(psprintf("The SQL function has %d columns, the library writes %d.", columns_->natts, position_));
}

void row_builder::raise_mismatch(char const* detail) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg_internal("%s", mismatch_message),
                    errdetail_internal("%s", detail), errhint("%s", mismatch_hint)));
    pg_unreachable();
}

row_builder& row_builder::operator<<(std::nullopt_t) {
    (void)next_type();
    values_[position_] = Datum{0};
    nulls_[position_] = true;
    ++position_;
    return *this;
}

row_builder& row_builder::operator<<(bool value) {
    set(BoolGetDatum(value), {BOOLOID});
    return *this;
}

row_builder& row_builder::operator<<(std::int32_t value) {
    set(Int32GetDatum(value), {INT4OID});
    return *this;
}

row_builder& row_builder::operator<<(std::int64_t value) {
    set(Int64GetDatum(value), {INT8OID});
    return *this;
}

row_builder& row_builder::operator<<(double value) {
    set(Float8GetDatum(value), {FLOAT8OID});
    return *this;
}

row_builder& row_builder::operator<<(model::timestamp value) {
    set(TimestampTzGetDatum(value.microseconds), {TIMESTAMPTZOID});
    return *this;
}

row_builder& row_builder::operator<<(model::oid value) {
    if (value == model::no_oid) return *this << std::nullopt;
    set(ObjectIdGetDatum(value), {OIDOID, REGCLASSOID});
    return *this;
}

row_builder& row_builder::operator<<(std::string_view value) {
    if (next_type() == NAMEOID) {
        auto* const name = static_cast<Name>(palloc0(NAMEDATALEN));
        value.copy(NameStr(*name), NAMEDATALEN - 1);
        set(NameGetDatum(name), {NAMEOID});
    } else {
        set(PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size()))), {TEXTOID});
    }
    return *this;
}

row_builder& row_builder::operator<<(spi::jsonb value) {
    set(value.value, {JSONBOID});
    return *this;
}

row_builder& row_builder::operator<<(raw_value value) {
    if (value.is_null) return *this << std::nullopt;
    set(value.value, {value.type});
    return *this;
}

row_builder& row_builder::operator<<(std::span<model::identifier const> value) {
    auto* const elements = static_cast<Datum*>(palloc((value.size() + 1) * sizeof(Datum)));
    for (std::size_t number = 0; number < value.size(); ++number) {
        auto const text = value[number].name;
        auto* const name = static_cast<Name>(palloc0(NAMEDATALEN));
        // A column that a damaged catalog lacks has no name, not even an empty one.
        text.copy(NameStr(*name), NAMEDATALEN - 1);
        elements[number] = NameGetDatum(name);
    }
    set(PointerGetDatum(
            construct_array(elements, static_cast<int>(value.size()), NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR)),
        {NAMEARRAYOID});
    return *this;
}

row_builder& row_builder::operator<<(std::span<model::oid const> value) {
    auto* const elements = static_cast<Datum*>(palloc((value.size() + 1) * sizeof(Datum)));
    std::transform(value.begin(), value.end(), elements, [](model::oid id) { return ObjectIdGetDatum(id); });
    set(PointerGetDatum(
            construct_array(elements, static_cast<int>(value.size()), REGCLASSOID, sizeof(Oid), true, TYPALIGN_INT)),
        {REGCLASSARRAYOID});
    return *this;
}

result_set::result_set(call& current) : current_(current) {
    auto* const arguments = current.arguments();
    guarded([&] {
        InitMaterializedSRF(arguments, 0);
        auto const* const info = reinterpret_cast<ReturnSetInfo*>(arguments->resultinfo);
        store_ = info->setResult;
        columns_ = info->setDesc;
        row_context_ = AllocSetContextCreate(current.context(), "fkaudit result row", ALLOCSET_DEFAULT_SIZES);
        auto const width = static_cast<std::size_t>(columns_->natts);
        values_ = static_cast<Datum*>(MemoryContextAllocZero(current.context(), width * sizeof(Datum)));
        nulls_ = static_cast<bool*>(MemoryContextAllocZero(current.context(), width * sizeof(bool)));
    });
    builder_ = row_builder(columns_, values_, nulls_);
}

namespace {

/// A destination for a query's rows that hands each to a function.
struct row_receiver {
    DestReceiver destination;
    void (*receive)(TupleTableSlot*, void*);
    void* target;
};

bool receive_slot(TupleTableSlot* slot, DestReceiver* self) {
    auto* const receiver = reinterpret_cast<row_receiver*>(self);
    slot_getallattrs(slot);
    receiver->receive(slot, receiver->target);
    return true;
}

void ignore_startup(DestReceiver*, int, TupleDesc) {}
void ignore_end(DestReceiver*) {}

}  // namespace

kept_rows* result_set::keep_rows(int kilobytes) {
    return guarded([&] {
        MemoryContext const context =
            AllocSetContextCreate(current_.context(), "fkaudit kept rows", ALLOCSET_DEFAULT_SIZES);
        MemoryContext const before = MemoryContextSwitchTo(context);
        auto* const kept = static_cast<kept_rows*>(palloc(sizeof(kept_rows)));
        *kept = {tuplestore_begin_heap(false, false, kilobytes), context};
        MemoryContextSwitchTo(before);
        return kept;
    });
}

void result_set::move(kept_rows* kept) {
    guarded([&] {
        MemoryContext const before = MemoryContextSwitchTo(kept->context);
        TupleTableSlot* const slot = MakeSingleTupleTableSlot(columns_, &TTSOpsMinimalTuple);
        while (tuplestore_gettupleslot(kept->store, true, false, slot)) {
            CHECK_FOR_INTERRUPTS();
            current_.set_writing(true);
            tuplestore_puttupleslot(store_, slot);
            current_.set_writing(false);
        }
        ExecDropSingleTupleTableSlot(slot);
        MemoryContextSwitchTo(before);
    });
    drop(kept);
}

void result_set::drop(kept_rows* kept) {
    guarded([&] {
        tuplestore_end(kept->store);
        MemoryContextDelete(kept->context);
    });
}

void result_set::run_query(std::string_view sql, receive_row receive, void* target) {
    row_receiver receiver{{receive_slot, ignore_startup, ignore_end, ignore_end, DestNone}, receive, target};
    SPIExecuteOptions options{};
    options.read_only = true;
    options.dest = &receiver.destination;
    int const code = SPI_execute_extended(pnstrdup(sql.data(), sql.size()), &options);
    if (code < 0) elog(ERROR, "fkaudit: a query failed: %s", SPI_result_code_string(code));
}

}  // namespace fkaudit::pg
