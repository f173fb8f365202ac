#pragma once

#include "src/model/database.hpp"
#include "src/model/enforcement.hpp"

namespace fkaudit::audit {

/// Judges a foreign key by its flags and its internal triggers: two check triggers on the child and two action triggers
/// on the parent, two check triggers on each partition of the child, two action triggers on each partition of the
/// parent. Triggers of a partitioned table never fire themselves, but count like the others (ri_triggers.c,
/// tablecmds.c: addFkRecurseReferenced, addFkRecurseReferencing). A table whose relhastriggers is false fires none (relcache.c: RelationBuildDesc).
/// `style` says what the detail calls the key's own tables.
enum class table_style { qualified, by_role /**< `the child`, `the parent` */ };
model::enforcement judge_enforcement(model::arena& arena, model::database const& database, model::constraint const& key,
                                     table_style style = table_style::qualified);

}  // namespace fkaudit::audit
