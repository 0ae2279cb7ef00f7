#pragma once
#include <stdbool.h>
#include <stddef.h>

// zstd is optional: without its header every call reports that it is not available.
#if __has_include(<zstd.h>)
#include <zstd.h>
static inline bool czstd_available(void) { return true; }
static inline size_t czstd_bound(size_t size) { return ZSTD_compressBound(size); }
static inline size_t czstd_compress(void *out, size_t capacity, const void *in, size_t size, int level) {
  return ZSTD_compress(out, capacity, in, size, level);
}
static inline size_t czstd_decompress(void *out, size_t capacity, const void *in, size_t size) {
  return ZSTD_decompress(out, capacity, in, size);
}
static inline bool czstd_is_error(size_t code) { return ZSTD_isError(code) != 0; }
// The uncompressed size that the frame states; -1 unknown, -2 not a frame.
static inline long long czstd_frame_size(const void *in, size_t size) {
  unsigned long long n = ZSTD_getFrameContentSize(in, size);
  if (n == ZSTD_CONTENTSIZE_UNKNOWN) return -1;
  if (n == ZSTD_CONTENTSIZE_ERROR) return -2;
  return n > (unsigned long long)0x7fffffffffffffff ? -2 : (long long)n;
}
static inline void *czstd_stream_new(void) { return ZSTD_createDStream(); }
static inline void czstd_stream_free(void *stream) { ZSTD_freeDStream((ZSTD_DStream *)stream); }
// One step of streaming decompression; positions are updated; returns zstd's hint or an error code.
static inline size_t czstd_stream_step(void *stream, void *out, size_t capacity, size_t *out_pos,
                                       const void *in, size_t size, size_t *in_pos) {
  ZSTD_outBuffer o = {out, capacity, *out_pos};
  ZSTD_inBuffer i = {in, size, *in_pos};
  size_t result = ZSTD_decompressStream((ZSTD_DStream *)stream, &o, &i);
  *out_pos = o.pos;
  *in_pos = i.pos;
  return result;
}
#else
static inline bool czstd_available(void) { return false; }
static inline size_t czstd_bound(size_t size) { return 0; }
static inline size_t czstd_compress(void *out, size_t capacity, const void *in, size_t size, int level) { return 0; }
static inline size_t czstd_decompress(void *out, size_t capacity, const void *in, size_t size) { return 0; }
static inline bool czstd_is_error(size_t code) { return true; }
static inline long long czstd_frame_size(const void *in, size_t size) { return -2; }
static inline void *czstd_stream_new(void) { return NULL; }
static inline void czstd_stream_free(void *stream) {}
static inline size_t czstd_stream_step(void *stream, void *out, size_t capacity, size_t *out_pos,
                                       const void *in, size_t size, size_t *in_pos) { return 0; }
#endif
