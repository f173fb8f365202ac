#pragma once
/// This process among the server's: MyProc.

#include "src/pg/postgres.hpp"

extern "C" {
#include <storage/proc.h>
}
