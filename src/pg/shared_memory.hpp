#pragma once
/// What processes share beside a parallel context's own memory: areas that grow, and waiting for each other.

#include "src/pg/postgres.hpp"

extern "C" {
#include <storage/condition_variable.h>
#include <utils/dsa.h>
}
