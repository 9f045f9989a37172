#pragma once
#include <zlib.h>

// zlib's initialisers are macros, which Swift does not import. 15 + 32: the largest window, and gzip or zlib told by the
// header; 15 + 16: write gzip.
static inline int shouwang_inflate_start(z_stream *stream) { return inflateInit2(stream, 15 + 32); }
static inline int shouwang_gzip_start(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
