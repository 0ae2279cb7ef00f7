#pragma once
#include <stdbool.h>
#include <stddef.h>

// zstd is optional: without its header every call reports that it is not available.
#if __has_include(<zstd.h>) && __has_include(<zstd_errors.h>)
#include <zstd.h>
#include <zstd_errors.h>
static inline bool czstd_available(void) { return true; }
static inline size_t czstd_bound(size_t size) { return ZSTD_compressBound(size); }
static inline size_t czstd_compress(void *out, size_t capacity, const void *in, size_t size, int level) {
  return ZSTD_compress(out, capacity, in, size, level);
}
// Decompresses every frame of the input.
static inline size_t czstd_decompress(void *out, size_t capacity, const void *in, size_t size) {
  return ZSTD_decompress(out, capacity, in, size);
}
static inline bool czstd_is_error(size_t code) { return ZSTD_isError(code) != 0; }
static inline bool czstd_is_too_small(size_t code) {
  return ZSTD_getErrorCode(code) == ZSTD_error_dstSize_tooSmall;
}
static inline bool czstd_is_checksum(size_t code) {
  return ZSTD_getErrorCode(code) == ZSTD_error_checksum_wrong;
}
static inline int czstd_min_level(void) { return ZSTD_minCLevel(); }
static inline int czstd_max_level(void) { return ZSTD_maxCLevel(); }
#else
static inline bool czstd_available(void) { return false; }
static inline size_t czstd_bound(size_t size) { return 0; }
static inline size_t czstd_compress(void *out, size_t capacity, const void *in, size_t size, int level) { return 0; }
static inline size_t czstd_decompress(void *out, size_t capacity, const void *in, size_t size) { return 0; }
static inline bool czstd_is_error(size_t code) { return true; }
static inline bool czstd_is_too_small(size_t code) { return false; }
static inline bool czstd_is_checksum(size_t code) { return false; }
static inline int czstd_min_level(void) { return 0; }
static inline int czstd_max_level(void) { return 0; }
#endif
