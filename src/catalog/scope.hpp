#pragma once

#include "src/catalog/loader.hpp"

namespace fkaudit::catalog {

/// Reads the two arguments `child regclass, constraint_name name` of a function, checks them and loads the foreign keys
/// that they select. Errors: undefined_table (no such relation), wrong_object_type (no table), undefined_object (no such
/// constraint). A NOTICE says that a table has no foreign keys.
model::database load_scope(pg::call& current, int child_position, scope options = {});

/// The same with no more than reading the keys' rows needs (scope::definitions).
model::database load_keys(pg::call& current, int child_position, bool shards = false);

/// An argument of schema names; none where it is NULL. A name that is none is an error (invalid_schema_name): most likely it
/// is misspelt, and would silently select nothing.
std::optional<std::span<std::string_view const>> read_schemas(pg::call& current, int position);

/// The extension's schema, quoted: where the function that is called lives.
std::string_view extension_schema(pg::call& current);

/// The relation's name, schema-qualified and quoted. Error: undefined_table.
std::string_view qualified_name(pg::call& current, model::oid relation);

/// Errors unless the relation is a table of some kind (undefined_table, wrong_object_type). Its name, without the schema.
std::string_view require_table(pg::call& current, model::oid relation);

}  // namespace fkaudit::catalog
