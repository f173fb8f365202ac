/// The module: its magic block, its settings and the functions that SQL calls. Each entry point only opens the
/// boundary; what it does is in src/entry.

#include "src/audit/registry.hpp"
#include "src/check/scan_worker.hpp"
#include "src/check/spill_group.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/history_events.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/settings.hpp"
#include "src/watch/counters.hpp"
#include "src/watch/recorder.hpp"
#include "src/watch/running_checks.hpp"

/// An event trigger's: most commands are none of its business, and need no boundary.
#define FKAUDIT_EVENT_FUNCTION(name, find, has_work, body)                                                       \
    PG_FUNCTION_INFO_V1(name);                                                                                   \
    PGDLLEXPORT Datum name(PG_FUNCTION_ARGS) {                                                                   \
        auto const touched = find(fcinfo);                                                                       \
        if (!(has_work)) return Datum{0};                                                                        \
        return fkaudit::pg::boundary(fcinfo,                                                                     \
                                     [&touched](fkaudit::pg::call& current) { return body(current, touched); }); \
    }

#define FKAUDIT_FUNCTION(name, body)                                                                    \
    PG_FUNCTION_INFO_V1(name);                                                                          \
    PGDLLEXPORT Datum name(PG_FUNCTION_ARGS) {                                                          \
        return fkaudit::pg::boundary(fcinfo, [](fkaudit::pg::call& current) { return body(current); }); \
    }

#define FKAUDIT_PROCEDURE(name, body)                                                                          \
    PG_FUNCTION_INFO_V1(name);                                                                                 \
    PGDLLEXPORT Datum name(PG_FUNCTION_ARGS) {                                                                 \
        return fkaudit::pg::procedure_boundary(                                                                \
            fcinfo, [](fkaudit::pg::call& current, fkaudit::pg::transactions& work) { body(current, work); }); \
    }

// PGDLLEXPORT is empty on PostgreSQL 15; exports.txt has the last word on what the library shows.
#pragma GCC visibility push(default)
extern "C" {

FKAUDIT_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void _PG_init(void) {
    fkaudit::pg::define_settings(fkaudit::audit::find_wrong_switch);
    fkaudit::pg::install_function_gate();
    if (process_shared_preload_libraries_in_progress) {
        fkaudit::watch::reserve_counters(fkaudit::pg::most_tracked(), fkaudit::pg::saves_counters());
        fkaudit::watch::reserve_running_checks();
        fkaudit::watch::install_recorder(fkaudit::pg::is_tracking());
    }
}

FKAUDIT_FUNCTION(fk_constraints, fkaudit::entry::constraints)
FKAUDIT_FUNCTION(fk_references, fkaudit::entry::references)
FKAUDIT_FUNCTION(fk_check, fkaudit::entry::check)
FKAUDIT_FUNCTION(fk_check_undeclared, fkaudit::entry::check_undeclared)
FKAUDIT_PROCEDURE(fk_check_all, fkaudit::entry::check_all)
FKAUDIT_FUNCTION(fk_orphans, fkaudit::entry::orphans)
FKAUDIT_FUNCTION(fk_orphans_undeclared, fkaudit::entry::orphans_undeclared)
FKAUDIT_FUNCTION(fk_missing_indexes, fkaudit::entry::missing_indexes)
FKAUDIT_FUNCTION(fk_risky_actions, fkaudit::entry::risky_actions)
FKAUDIT_FUNCTION(fk_type_mismatches, fkaudit::entry::type_mismatches)
FKAUDIT_FUNCTION(fk_candidates, fkaudit::entry::candidates)
FKAUDIT_FUNCTION(fk_audit, fkaudit::entry::findings)
FKAUDIT_FUNCTION(fk_list_rules, fkaudit::entry::list_rules)
FKAUDIT_FUNCTION(fk_suppress, fkaudit::entry::suppress)
FKAUDIT_FUNCTION(fk_unsuppress, fkaudit::entry::unsuppress)
FKAUDIT_FUNCTION(fk_assert, fkaudit::entry::assert_clean)
FKAUDIT_FUNCTION(fk_baseline, fkaudit::entry::baseline)
FKAUDIT_FUNCTION(fk_snapshot, fkaudit::entry::snapshot)
FKAUDIT_FUNCTION(fk_drift, fkaudit::entry::drift)
FKAUDIT_FUNCTION(fk_fingerprint, fkaudit::entry::fingerprint)
FKAUDIT_FUNCTION(fk_graph, fkaudit::entry::draw_graph)
FKAUDIT_FUNCTION(fk_load_order, fkaudit::entry::load_order)
FKAUDIT_FUNCTION(fk_action_plan, fkaudit::entry::action_plan)
FKAUDIT_FUNCTION(fk_delete_impact, fkaudit::entry::delete_impact)
FKAUDIT_FUNCTION(fk_validate_plan, fkaudit::entry::validate_plan)
FKAUDIT_FUNCTION(fk_repair_plan, fkaudit::entry::repair_plan)
FKAUDIT_FUNCTION(fk_add_plan, fkaudit::entry::add_plan)
FKAUDIT_FUNCTION(fk_diagnose, fkaudit::entry::diagnose_error)
FKAUDIT_FUNCTION(fk_report, fkaudit::entry::report)
FKAUDIT_FUNCTION(fk_list_progress, fkaudit::entry::list_progress)
FKAUDIT_FUNCTION(fk_list_violations, fkaudit::entry::list_violations)
FKAUDIT_FUNCTION(fk_violations_reset, fkaudit::entry::reset_violations)
FKAUDIT_FUNCTION(fk_count_violations, fkaudit::entry::violations_info)
FKAUDIT_FUNCTION(fk_track_history, fkaudit::entry::track_history)
FKAUDIT_FUNCTION(fk_sync_history, fkaudit::entry::sync_history)
FKAUDIT_FUNCTION(fk_mark_release, fkaudit::entry::mark_release)
FKAUDIT_FUNCTION(fk_incidents, fkaudit::entry::incidents)
FKAUDIT_EVENT_FUNCTION(fk_record_commands, fkaudit::entry::find_touched_keys,
                       !touched.is_known || touched.keys.declared != nullptr, fkaudit::entry::record_changed_keys)
FKAUDIT_EVENT_FUNCTION(fk_record_drops, fkaudit::entry::find_dropped_keys, touched.keys.declared != nullptr,
                       fkaudit::entry::record_dropped_keys)

/// Where the parallel workers of a scan start: the server looks the name up in the library.
PGDLLEXPORT void fkaudit_scan_worker(dsm_segment* segment, shm_toc* contents);

void fkaudit_scan_worker(dsm_segment* segment, shm_toc* contents) {
    fkaudit::pg::worker_boundary([=](MemoryContext context) { fkaudit::check::work(contents, segment, context); });
}

/// Where those of a comparison by temporary files start.
PGDLLEXPORT void fkaudit_spill_worker(dsm_segment* segment, shm_toc* contents);

void fkaudit_spill_worker(dsm_segment* segment, shm_toc* contents) {
    fkaudit::pg::worker_boundary(
        [=](MemoryContext context) { fkaudit::check::work_on_spill(contents, segment, context); });
}

}  // extern "C"
#pragma GCC visibility pop
