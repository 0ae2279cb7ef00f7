#pragma once
#include <stdbool.h>
#include <stddef.h>

// Brotli is optional: without its header every call reports that it is not available.
#if __has_include(<brotli/decode.h>)
#include <brotli/decode.h>
static inline bool cbrotli_available(void) { return true; }
// Decompresses into `out`; `out_size` holds the capacity and then the size. False for bad data.
static inline bool cbrotli_decompress(const void *in, size_t size, void *out, size_t *out_size) {
  return BrotliDecoderDecompress(size, (const uint8_t *)in, out_size, (uint8_t *)out)
      == BROTLI_DECODER_RESULT_SUCCESS;
}
#else
static inline bool cbrotli_available(void) { return false; }
static inline bool cbrotli_decompress(const void *in, size_t size, void *out, size_t *out_size) { return false; }
#endif
