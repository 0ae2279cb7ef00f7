#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libdeflate is optional: without its header every call reports that it is not available.
#if __has_include(<libdeflate.h>)
#include <libdeflate.h>
static inline bool cdeflate_available(void) { return true; }
// Returns 0 on success, 1 for bad data, 3 when the output does not fit (libdeflate's own numbers).
static inline int cdeflate_inflate(const void *in, size_t in_size, void *out, size_t out_capacity,
                                   size_t *in_used, size_t *out_used) {
  struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
  if (!d) return 4;
  int result = libdeflate_deflate_decompress_ex(d, in, in_size, out, out_capacity, in_used, out_used);
  libdeflate_free_decompressor(d);
  return result;
}
static inline int cdeflate_gunzip(const void *in, size_t in_size, void *out, size_t out_capacity,
                                  size_t *in_used, size_t *out_used) {
  struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
  if (!d) return 4;
  int result = libdeflate_gzip_decompress_ex(d, in, in_size, out, out_capacity, in_used, out_used);
  libdeflate_free_decompressor(d);
  return result;
}
static inline uint32_t cdeflate_crc32(uint32_t seed, const void *in, size_t size) {
  return libdeflate_crc32(seed, in, size);
}
#else
static inline bool cdeflate_available(void) { return false; }
static inline int cdeflate_inflate(const void *in, size_t in_size, void *out, size_t out_capacity,
                                   size_t *in_used, size_t *out_used) { return 4; }
static inline int cdeflate_gunzip(const void *in, size_t in_size, void *out, size_t out_capacity,
                                  size_t *in_used, size_t *out_used) { return 4; }
static inline uint32_t cdeflate_crc32(uint32_t seed, const void *in, size_t size) { return 0; }
#endif
