// What the loader asks a library before it uses it: the number of the interface, the sources it was made
// from, and what the processor can do.
#include "lanes.h"

#ifndef UMKM_ABI
#define UMKM_ABI 0
#endif
#ifndef UMKM_DIGEST
#define UMKM_DIGEST "unknown"
#endif

UMKM_ENTRY int64_t umkm_abi(void) { return UMKM_ABI; }
UMKM_ENTRY const char* umkm_digest(void) { return UMKM_DIGEST; }

// 1 when the processor and the system know AVX2 and FMA, else 0. Asked in the plain library only.
#if defined(__x86_64__)
#include <cpuid.h>
UMKM_ENTRY int64_t umkm_avx2(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    if (!(c & (1u << 12)) || !(c & (1u << 27)) || !(c & (1u << 28))) return 0;  // FMA, OSXSAVE, AVX
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 6u) != 6u) return 0;  // the system keeps the wide registers
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    return (b >> 5) & 1u;
}
#else
UMKM_ENTRY int64_t umkm_avx2(void) { return 0; }
#endif
