#pragma once
/// The server's processes and who they are: MyProc, the other sessions', their roles and databases.

#include "src/pg/postgres.hpp"

extern "C" {
#include <catalog/pg_authid.h>
#include <commands/dbcommands.h>
#include <storage/proc.h>
#include <storage/procarray.h>
}
