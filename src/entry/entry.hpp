#pragma once

#include "src/pg/procedure.hpp"

/// The bodies of the SQL functions, one file a family: load, judge, emit. Arguments and columns: sql/fkaudit--1.0.sql.
namespace fkaudit::entry {

Datum constraints(pg::call& current);
Datum references(pg::call& current);
Datum check(pg::call& current);
Datum check_undeclared(pg::call& current);
void check_all(pg::call& current, pg::transactions& work);
Datum orphans(pg::call& current);
Datum orphans_undeclared(pg::call& current);
Datum missing_indexes(pg::call& current);
Datum risky_actions(pg::call& current);
Datum type_mismatches(pg::call& current);
Datum candidates(pg::call& current);
Datum findings(pg::call& current);
Datum list_rules(pg::call& current);
Datum suppress(pg::call& current);
Datum unsuppress(pg::call& current);
Datum assert_clean(pg::call& current);
Datum baseline(pg::call& current);
Datum snapshot(pg::call& current);
Datum drift(pg::call& current);
Datum fingerprint(pg::call& current);
Datum draw_graph(pg::call& current);
Datum load_order(pg::call& current);
Datum action_plan(pg::call& current);
Datum delete_impact(pg::call& current);
Datum validate_plan(pg::call& current);
Datum repair_plan(pg::call& current);
Datum add_plan(pg::call& current);
Datum diagnose_error(pg::call& current);
Datum report(pg::call& current);
Datum list_progress(pg::call& current);
Datum list_violations(pg::call& current);
Datum reset_violations(pg::call& current);
Datum violations_info(pg::call& current);
Datum track_history(pg::call& current);
Datum sync_history(pg::call& current);
Datum mark_release(pg::call& current);
Datum incidents(pg::call& current);

}  // namespace fkaudit::entry
