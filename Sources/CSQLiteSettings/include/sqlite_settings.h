#ifndef OT_SQLITE_SETTINGS_H
#define OT_SQLITE_SETTINGS_H

/// Has SQLite keep no account of its memory, which nobody asks for: each block took a lock that all connections share.
/// Only before the first connection; later it does nothing. (Swift cannot call sqlite3_config, which takes any arguments.)
void ot_sqlite_without_memory_account(void);

#endif
