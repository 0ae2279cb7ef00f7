#pragma once
#include <stdbool.h>
#include <stddef.h>

// Brotli is optional: without its header every call reports that it is not available.
#if __has_include(<brotli/decode.h>)
#include <brotli/decode.h>
static inline bool cbrotli_available(void) { return true; }
// Decompresses a whole stream into `out`; `out_size` holds the capacity and then the size. Returns
// 0 on success, 1 for bad data, 2 when the input ends early, 3 when the output does not fit, 4
// without memory.
static inline int cbrotli_decompress(const void *in, size_t size, void *out, size_t *out_size) {
  BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
  if (!state) return 4;
  const uint8_t *next_in = (const uint8_t *)in;
  uint8_t *next_out = (uint8_t *)out;
  size_t left_in = size, left_out = *out_size, total = 0;
  BrotliDecoderResult result =
      BrotliDecoderDecompressStream(state, &left_in, &next_in, &left_out, &next_out, &total);
  BrotliDecoderDestroyInstance(state);
  *out_size = total;
  switch (result) {
    case BROTLI_DECODER_RESULT_SUCCESS: return left_in == 0 ? 0 : 1;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: return 2;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: return 3;
    default: return 1;
  }
}
#else
static inline bool cbrotli_available(void) { return false; }
static inline int cbrotli_decompress(const void *in, size_t size, void *out, size_t *out_size) { return 1; }
#endif
