#include "sqlite_settings.h"

#include <sqlite3.h>

void ot_sqlite_without_memory_account(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
