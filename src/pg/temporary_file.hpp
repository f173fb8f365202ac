#pragma once
/// Temporary files, in the tablespaces for them.

#include "src/pg/postgres.hpp"

extern "C" {
#include <commands/tablespace.h>
#include <storage/fd.h>
}
