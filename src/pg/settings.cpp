#include "src/pg/settings.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::pg {

namespace {

int engine_setting = static_cast<int>(engine_choice::automatic);

config_enum_entry const engine_options[] = {
    {"auto", static_cast<int>(engine_choice::automatic), false},
    {"scan", static_cast<int>(engine_choice::scan), false},
    {"index", static_cast<int>(engine_choice::index), false},
    {"sql", static_cast<int>(engine_choice::sql), false},
    {nullptr, 0, false},
};

}  // namespace

void define_settings() {
    DefineCustomEnumVariable("fkaudit.engine", "Chooses how foreign keys are examined.",
                             "auto lets fkaudit choose for each key; a key that a forced engine cannot serve is "
                             "reported as not examined.",
                             &engine_setting, static_cast<int>(engine_choice::automatic), engine_options, PGC_USERSET,
                             0, nullptr, nullptr, nullptr);
    MarkGUCPrefixReserved("fkaudit");
}

engine_choice chosen_engine() noexcept { return static_cast<engine_choice>(engine_setting); }

}  // namespace fkaudit::pg
