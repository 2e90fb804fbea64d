#ifndef CMALLOC_SHIM_H
#define CMALLOC_SHIM_H
#include <stddef.h>
#ifdef __linux__
#include <malloc.h>
/* Bytes that are allocated now; malloc.h is in no module of the C library. */
static inline size_t cmalloc_bytes_in_use(void) { return mallinfo2().uordblks; }
/* Freed memory goes back to the system. */
static inline void cmalloc_release(void) { malloc_trim(0); }
#else
static inline size_t cmalloc_bytes_in_use(void) { return 0; }
static inline void cmalloc_release(void) {}
#endif
#endif
