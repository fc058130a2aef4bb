// Vectors of as many doubles as a register of this variant holds, and the few things every file needs.
//
// No standard library beyond <cmath>, <cstdint> and <cstring>: no allocation, no exception, no global that is
// written. Memory comes from the caller, whose Python side has checked its size.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#define UMKM_LANES 4
#else
#define UMKM_LANES 2
#endif

#if defined(_WIN32)
#define UMKM_ENTRY extern "C" __declspec(dllexport)
#else
#define UMKM_ENTRY extern "C" __attribute__((visibility("default")))
#endif

// A register of doubles and, for comparisons and selections, of integers of the same size. The alignment of a
// double lets them stand in any array of doubles.
typedef double lane __attribute__((vector_size(8 * UMKM_LANES), aligned(8)));
typedef std::int64_t mask __attribute__((vector_size(8 * UMKM_LANES), aligned(8)));

static inline lane all_lanes(double value) {
    lane out;
    for (int k = 0; k < UMKM_LANES; ++k) out[k] = value;
    return out;
}
