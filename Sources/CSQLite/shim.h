#pragma once
#include <stdbool.h>
#include <stddef.h>

// SQLite is optional: without its header no database can be opened, and every call says so.
#if __has_include(<sqlite3.h>)
#include <sqlite3.h>
static inline bool csqlite_available(void) { return true; }
static inline int csqlite_open(const char *path, sqlite3 **out, bool creates) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (creates ? SQLITE_OPEN_CREATE : 0);
  return sqlite3_open_v2(path, out, flags, NULL);
}
static inline int csqlite_close(sqlite3 *db) { return sqlite3_close_v2(db); }
static inline int csqlite_busy_timeout(sqlite3 *db, int milliseconds) {
  return sqlite3_busy_timeout(db, milliseconds);
}
static inline int csqlite_extended_code(sqlite3 *db) { return sqlite3_extended_errcode(db); }
static inline const char *csqlite_message(sqlite3 *db) { return sqlite3_errmsg(db); }
static inline bool csqlite_in_transaction(sqlite3 *db) { return sqlite3_get_autocommit(db) == 0; }
static inline int csqlite_changes(sqlite3 *db) { return sqlite3_changes(db); }
static inline int csqlite_prepare(sqlite3 *db, const char *sql, int size, sqlite3_stmt **out) {
  return sqlite3_prepare_v2(db, sql, size, out, NULL);
}
static inline int csqlite_finalize(sqlite3_stmt *statement) { return sqlite3_finalize(statement); }
static inline int csqlite_reset(sqlite3_stmt *statement) {
  sqlite3_clear_bindings(statement);
  return sqlite3_reset(statement);
}
// The text is copied.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int size) {
  return sqlite3_bind_text(statement, index, text, size, SQLITE_TRANSIENT);
}
static inline int csqlite_bind_null(sqlite3_stmt *statement, int index) {
  return sqlite3_bind_null(statement, index);
}
// 100: there is a row. 101: there is none (any more). Others are errors.
static inline int csqlite_step(sqlite3_stmt *statement) { return sqlite3_step(statement); }
static inline int csqlite_column_count(sqlite3_stmt *statement) {
  return sqlite3_column_count(statement);
}
// NULL for a null value.
static inline const unsigned char *csqlite_column_text(sqlite3_stmt *statement, int index) {
  return sqlite3_column_text(statement, index);
}
static inline int csqlite_column_size(sqlite3_stmt *statement, int index) {
  return sqlite3_column_bytes(statement, index);
}
#else
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
static inline bool csqlite_available(void) { return false; }
static inline int csqlite_open(const char *path, sqlite3 **out, bool creates) { return 1; }
static inline int csqlite_close(sqlite3 *db) { return 1; }
static inline int csqlite_busy_timeout(sqlite3 *db, int milliseconds) { return 1; }
static inline int csqlite_extended_code(sqlite3 *db) { return 1; }
static inline const char *csqlite_message(sqlite3 *db) { return "built without SQLite"; }
static inline bool csqlite_in_transaction(sqlite3 *db) { return false; }
static inline int csqlite_changes(sqlite3 *db) { return 0; }
static inline int csqlite_prepare(sqlite3 *db, const char *sql, int size, sqlite3_stmt **out) { return 1; }
static inline int csqlite_finalize(sqlite3_stmt *statement) { return 1; }
static inline int csqlite_reset(sqlite3_stmt *statement) { return 1; }
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int size) { return 1; }
static inline int csqlite_bind_null(sqlite3_stmt *statement, int index) { return 1; }
static inline int csqlite_step(sqlite3_stmt *statement) { return 1; }
static inline int csqlite_column_count(sqlite3_stmt *statement) { return 0; }
static inline const unsigned char *csqlite_column_text(sqlite3_stmt *statement, int index) { return NULL; }
static inline int csqlite_column_size(sqlite3_stmt *statement, int index) { return 0; }
#endif
