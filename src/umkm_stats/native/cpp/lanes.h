// Vectors of as many doubles as a register of this variant holds, and the few things every file needs.
//
// No standard library beyond <math.h>, <stdint.h> and <string.h>: no allocation, no exception, no global that is
// written. Memory comes from the caller, whose Python side has checked its size.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>
#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

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
typedef int64_t mask __attribute__((vector_size(8 * UMKM_LANES), aligned(8)));

static inline lane all_lanes(double value) {
    lane out;
    for (int k = 0; k < UMKM_LANES; ++k) out[k] = value;
    return out;
}

// yes where the mask is set, else no. The compiler's own selection of 64-bit integers needs more than SSE2 (GCC 12
// ends with an internal error), so the two processors' instructions are named.
static inline lane pick(mask where, lane yes, lane no) {
#if defined(__AVX2__)
    return (lane)_mm256_blendv_pd((__m256d)no, (__m256d)yes, (__m256d)where);
#elif defined(__SSE2__)
    return (lane)_mm_or_pd(_mm_and_pd((__m128d)where, (__m128d)yes), _mm_andnot_pd((__m128d)where, (__m128d)no));
#else
    return (lane)((where & (mask)yes) | (~where & (mask)no));
#endif
}

static inline mask pick(mask where, int64_t yes, mask no) {
    return (mask)pick(where, (lane)(mask{} + yes), (lane)no);
}

static inline bool any(mask where) {
    for (int k = 0; k < UMKM_LANES; ++k)
        if (where[k]) return true;
    return false;
}

static inline bool every(mask where) { return !any(~where); }

static inline lane absolute(lane value) { return pick(value < 0.0, -value, value); }
static inline lane larger(lane a, lane b) { return pick(a > b, a, b); }
static inline lane smaller(lane a, lane b) { return pick(a < b, a, b); }

static inline lane root(lane value) {
#if defined(__AVX2__)
    return (lane)_mm256_sqrt_pd((__m256d)value);
#elif defined(__SSE2__)
    return (lane)_mm_sqrt_pd((__m128d)value);
#endif
    for (int k = 0; k < UMKM_LANES; ++k) value[k] = sqrt(value[k]);
    return value;
}

static inline lane logarithm(lane value) {
    for (int k = 0; k < UMKM_LANES; ++k) value[k] = log(value[k]);
    return value;
}

// Sum of logarithms from products of a few factors: one logarithm for eight of them.
struct LogSum {
    lane sum, product;
    int held;

    LogSum() : sum(all_lanes(0.0)), product(all_lanes(1.0)), held(0) {}
    void add(lane factor) {
        product *= factor;
        if (++held == 8) {
            sum += logarithm(product);
            product = all_lanes(1.0);
            held = 0;
        }
    }
    lane total() const { return held ? sum + logarithm(product) : sum; }
};
