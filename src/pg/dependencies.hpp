#pragma once
/// pg_depend, for the few who walk it.

#include "src/pg/postgres.hpp"

extern "C" {
#include <catalog/pg_depend.h>
}
