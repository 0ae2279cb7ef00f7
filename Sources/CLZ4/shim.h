#pragma once
#include <stdbool.h>

// lz4 is optional: without its header every call reports that it is not available.
#if __has_include(<lz4.h>)
#include <lz4.h>
static inline bool clz4_available(void) { return true; }
static inline int clz4_bound(int size) { return LZ4_compressBound(size); }
static inline int clz4_compress(const char *in, char *out, int size, int capacity) {
  return LZ4_compress_default(in, out, size, capacity);
}
static inline int clz4_decompress(const char *in, char *out, int size, int capacity) {
  return LZ4_decompress_safe(in, out, size, capacity);
}
#else
static inline bool clz4_available(void) { return false; }
static inline int clz4_bound(int size) { return 0; }
static inline int clz4_compress(const char *in, char *out, int size, int capacity) { return 0; }
static inline int clz4_decompress(const char *in, char *out, int size, int capacity) { return -1; }
#endif
