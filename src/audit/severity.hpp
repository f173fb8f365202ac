#pragma once

#include "src/model/severity.hpp"

namespace fkaudit::audit {

using model::severity;

}  // namespace fkaudit::audit
