// CRC-32C (Castagnoli), the checksum of the journal's blocks.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Goes on with a checksum over more bytes: `crc` is 0 at the start, then what the last call returned. Uses the
/// processor's own instruction where it has one (some 8 GB/s), a table otherwise (some 1 GB/s).
uint32_t shouwang_crc32c(uint32_t crc, const uint8_t *bytes, size_t length);

/// The same by the table alone, whatever the processor; for tests.
uint32_t shouwang_crc32c_by_table(uint32_t crc, const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif
