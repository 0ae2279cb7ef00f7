#pragma once
#include <stdbool.h>
#include <stddef.h>

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

// Frames are of the same library, but have a header of their own.
#if __has_include(<lz4frame.h>)
#include <lz4frame.h>
static inline bool clz4_has_frames(void) { return clz4_available(); }
static inline LZ4F_preferences_t clz4_frame_preferences(size_t size) {
  LZ4F_preferences_t preferences = {0};
  preferences.frameInfo.contentSize = size;
  return preferences;
}
static inline size_t clz4_frame_bound(size_t size) {
  LZ4F_preferences_t preferences = clz4_frame_preferences(size);
  return LZ4F_compressFrameBound(size, &preferences);
}
// The size of the frame, 0 on failure. The frame states the plain size.
static inline size_t clz4_frame_compress(void *out, size_t capacity, const void *in, size_t size) {
  LZ4F_preferences_t preferences = clz4_frame_preferences(size);
  size_t result = LZ4F_compressFrame(out, capacity, in, size, &preferences);
  return LZ4F_isError(result) ? 0 : result;
}
// Whether the input is one whole frame of exactly so many plain bytes.
static inline bool clz4_frame_decompress(void *out, size_t capacity, const void *in, size_t size) {
  LZ4F_dctx *context = NULL;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION))) return false;
  size_t written = 0, taken = 0, hint = 1;
  while (hint != 0) {
    size_t space = capacity - written, left = size - taken;
    hint = LZ4F_decompress(context, (char *)out + written, &space, (const char *)in + taken, &left, NULL);
    if (LZ4F_isError(hint)) break;
    written += space;
    taken += left;
    if (space == 0 && left == 0) break;
  }
  LZ4F_freeDecompressionContext(context);
  return hint == 0 && written == capacity && taken == size;
}
#else
static inline bool clz4_has_frames(void) { return false; }
static inline size_t clz4_frame_bound(size_t size) { return 0; }
static inline size_t clz4_frame_compress(void *out, size_t capacity, const void *in, size_t size) { return 0; }
static inline bool clz4_frame_decompress(void *out, size_t capacity, const void *in, size_t size) { return false; }
#endif
