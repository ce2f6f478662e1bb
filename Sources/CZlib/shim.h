// shim.h: zlib, as Swift sees it, with the initialiser that zlib offers only as a macro.
// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

static inline int hubbub_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}
