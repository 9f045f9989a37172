// Asking for memory before it is used.
#pragma once

/// Asks the processor to bring the cache line of an address near. Returns at once, reads nothing and cannot fault,
/// whatever the address is.
static inline void shouwang_prefetch(const void *address) { __builtin_prefetch(address); }
