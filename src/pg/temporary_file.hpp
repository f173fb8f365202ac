#pragma once
/// Temporary files, in the tablespaces for them; those of a shared set can be read by several processes.

#include "src/pg/postgres.hpp"

extern "C" {
#include <commands/tablespace.h>
#include <storage/fd.h>
#include <storage/sharedfileset.h>
}
