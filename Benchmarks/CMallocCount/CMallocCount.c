#define _GNU_SOURCE
#include "CMallocCount.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
extern void *__libc_malloc(size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_memalign(size_t, size_t);
static long calls;
void *malloc(size_t n) { calls++; return __libc_malloc(n); }
void *realloc(void *p, size_t n) { calls++; return __libc_realloc(p, n); }
void *calloc(size_t a, size_t b) { calls++; return __libc_calloc(a, b); }
int posix_memalign(void **p, size_t a, size_t n) { calls++; *p = __libc_memalign(a, n); return *p ? 0 : 12; }
void *aligned_alloc(size_t a, size_t n) { calls++; return __libc_memalign(a, n); }
long malloc_count(void) { return calls; }
long processor_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}
long resident_bytes(void) {
    long pages = 0, all = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f) { if (fscanf(f, "%ld %ld", &all, &pages) != 2) pages = 0; fclose(f); }
    return pages * sysconf(_SC_PAGESIZE);
}
