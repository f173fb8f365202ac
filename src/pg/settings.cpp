#include "src/pg/settings.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::pg {

namespace {

int engine_setting = static_cast<int>(engine_choice::automatic);
bool trust_setting = false;
int workers_setting = -1;
constexpr int most_seconds = 86400;
constexpr int most_workers = 1024;  // as the server allows its own settings

int interval_setting = 0;

int max_tracked_setting = 5000;
bool track_setting = true;
bool save_setting = true;

char* rules_text = nullptr;
find_wrong_item find_wrong = nullptr;

bool check_rules(char** value, void**, GucSource) {
    auto const wrong = find_wrong(*value);
    if (wrong.empty()) return true;
    GUC_check_errdetail("\"%.*s\" is no switch of a rule.", static_cast<int>(wrong.size()), wrong.data());
    GUC_check_errhint(
        "Write +rule or -rule, separated by commas; SELECT rule FROM fk_rules lists the rules, and "
        "all stands for each of them.");
    return false;
}

config_enum_entry const engine_options[] = {
    {"auto", static_cast<int>(engine_choice::automatic), false},
    {"scan", static_cast<int>(engine_choice::scan), false},
    {"index", static_cast<int>(engine_choice::index), false},
    {"sql", static_cast<int>(engine_choice::sql), false},
    {nullptr, 0, false},
};

/// They matter where the library is preloaded, and are known everywhere, so that a configuration file that has them
/// reads well.
void define_tracking_settings() {
    DefineCustomBoolVariable("fkaudit.track", "Counts violations of foreign keys.",
                             "Needs shared_preload_libraries = 'fkaudit'.", &track_setting, true, PGC_SUSET, 0, nullptr,
                             nullptr, nullptr);
    DefineCustomIntVariable("fkaudit.max_tracked", "Sets for how many foreign keys violations are counted at most.",
                            "Each side of a key, and each partition that reports one, counts by itself.",
                            &max_tracked_setting, 5000, 100, 1'000'000,
                            process_shared_preload_libraries_in_progress ? PGC_POSTMASTER : PGC_SIGHUP, 0, nullptr,
                            nullptr, nullptr);
    DefineCustomBoolVariable("fkaudit.save", "Keeps the counts of violations over a restart of the server.", nullptr,
                             &save_setting, true, PGC_SIGHUP, 0, nullptr, nullptr, nullptr);
}

}  // namespace

void define_settings(find_wrong_item find_wrong_rule) {
    find_wrong = find_wrong_rule;
    DefineCustomEnumVariable("fkaudit.engine", "Chooses how foreign keys are examined.",
                             "auto lets fkaudit choose for each key; a key that a forced engine cannot serve is "
                             "reported as not examined.",
                             &engine_setting, static_cast<int>(engine_choice::automatic), engine_options, PGC_USERSET,
                             0, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("fkaudit.max_parallel_workers", "Sets how many parallel workers may help with a check.",
                            "-1 follows max_parallel_maintenance_workers.", &workers_setting, -1, -1, most_workers,
                            PGC_USERSET, 0, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("fkaudit.progress_interval", "Sets how often a long check says how far it is.",
                            "By a line of NOTICE; 0 is never.", &interval_setting, 0, 0, most_seconds, PGC_USERSET,
                            GUC_UNIT_S, nullptr, nullptr, nullptr);
    DefineCustomStringVariable("fkaudit.rules", "Switches rules of fk_audit() on and off.",
                               "A list of +rule and -rule, read from the left.", &rules_text, "", PGC_USERSET,
                               GUC_LIST_INPUT, check_rules, nullptr, nullptr);
    DefineCustomBoolVariable("fkaudit.trust_indexes", "Lets fkaudit.engine = auto examine foreign keys by indexes.",
                             "Much faster where keys repeat, but an index that lacks entries hides orphans: what is "
                             "found clean this way is never called trusted.",
                             &trust_setting, false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
    define_tracking_settings();
    MarkGUCPrefixReserved("fkaudit");
}

std::string_view rules_setting() noexcept { return rules_text; }

engine_choice chosen_engine() noexcept { return static_cast<engine_choice>(engine_setting); }

int max_parallel_workers() noexcept {
    return workers_setting >= 0 ? workers_setting : max_parallel_maintenance_workers;
}

int most_tracked() noexcept { return max_tracked_setting; }
bool const& is_tracking() noexcept { return track_setting; }
bool const& saves_counters() noexcept { return save_setting; }

int progress_interval() noexcept { return interval_setting; }

bool trusts_indexes() noexcept { return trust_setting; }

}  // namespace fkaudit::pg
