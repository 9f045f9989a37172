#pragma once

// The file through which a test tells the shim what to do: 4096 bytes in this machine's byte order; sixteen 64-bit
// slots, named here and in Tests/FaultTests/FaultControl.swift, then at SUBSTRING_AT a text that ends with NUL. Faults
// hit files whose path contains the text.
enum {
    SYNCS_TO_FAIL = 0,   // fdatasync and fsync: so many fail with EIO
    WRITE_ERROR = 1,     // write, pwrite, ftruncate, open for writing: fail with this errno; 0: none
    CLOCK_OFFSET = 2,    // added to CLOCK_REALTIME, ms
    SYNCS_FAILED = 3,    // counted here
    SYNCS_RETRIED = 4,   // fdatasync of a file whose fdatasync had failed before
    WRITES_FAILED = 5,   // counted here
    SUBSTRING_AT = 128,
    FILE_SIZE = 4096,
    FILES_MAX = 64,
};
