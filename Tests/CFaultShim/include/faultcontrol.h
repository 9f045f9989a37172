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
    KILL_STEP = 6,       // at this step of an act the process is killed; 0: never
    STEP_REACHED = 7,    // counted here: the last step of an act that was passed
    SUBSTRING_AT = 128,
    FILE_SIZE = 4096,
    FILES_MAX = 64,
};

// The steps of an act, in their order: what the daemon does between a request and its answer. Each can be passed only
// when the one before it was.
enum {
    BEFORE_APPEND = 1,   // before the journal is written
    APPENDED = 2,        // behind that
    SYNCED = 3,          // behind the journal's fdatasync
    COMMITTING = 4,      // before the ledger's log is written
    COMMITTED = 5,       // behind its sync
    ANSWERING = 6,       // before the answer is written to the socket
    ANSWERED = 7,        // behind that
};
