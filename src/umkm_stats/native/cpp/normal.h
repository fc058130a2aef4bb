// Exponential, logarithm and normal distribution function of lanes.
#pragma once
#include "lanes.h"

// exp(x) for x <= 0, 0 below -708; relative error 1e-14. With n = round(x / log 2) and r = x - n log 2 it is
// 2^n (1 + r + r^2/2! + ... + r^11/11!).
static inline lane exponential(lane x) {
    const double by_log2 = 1.4426950408889634, high = 6.93147180369123816490e-01, low = 1.90821492927058770002e-10;
    const double shift = 6755399441055744.0;  // 1.5 * 2^52: adding it leaves the whole number in the last bits
    const mask there = x >= -708.0;
    const lane shifted = x * by_log2 + shift;
    const lane n = shifted - shift;
    const lane r = (x - n * high) - n * low;
    lane sum = all_lanes(1.0 / 39916800.0);
    sum = sum * r + 1.0 / 3628800.0;
    sum = sum * r + 1.0 / 362880.0;
    sum = sum * r + 1.0 / 40320.0;
    sum = sum * r + 1.0 / 5040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    const lane power = (lane)(((mask)shifted + 1023) << 52);
    return (lane)(there & (mask)(sum * power));
}

// log(x) for x from 1e-307 to 1e307. With x = 2^n f, f between 1/sqrt(2) and sqrt(2), and s = (f - 1) / (f + 1) it
// is n log 2 + 2 (s + s^3/3 + ... + s^21/21).
static inline lane natural_logarithm(lane x) {
    const double high = 6.93147180369123816490e-01, low = 1.90821492927058770002e-10, shift = 6755399441055744.0;
    const mask bits = (mask)x;
    const mask from = mask{} + 0x3FE6A09E667F3BCD;  // the bits of 1/sqrt(2)
    const mask power = ((bits - from) >> 52);
    const lane f = (lane)(bits - (power << 52));
    const lane n = (lane)(power + 0x4338000000000000) - shift;
    const lane s = (f - 1.0) / (f + 1.0), z = s * s;
    lane sum = all_lanes(1.0 / 21.0);
    for (int k = 19; k >= 1; k -= 2) sum = sum * z + 1.0 / k;
    return n * high + (2.0 * s * sum + n * low);
}

// Phi(x). The upper tail is exp(-x^2/2) R(x), and (x + 4) R(x) is a polynomial in t = (x - 4) / (x + 4) on the
// whole half line: the Chebyshev expansion of degree 23, its coefficients computed with 40 digits; relative error
// of the polynomial 5e-16.
static inline lane normal_cdf(lane x) {
    static const double by_power[24] = {
        0.7552851304157515,      -0.6078966419718923,    0.3871374007422266,     -0.1865218579596366,
        0.06039657489036092,     -0.007540188967386312,  -0.0034796923566515025, 0.0016308184674099085,
        0.00013334420916014778,  -0.00023109501736277426, -1.907676030719098e-06, 3.514511190283765e-05,
        7.146021531267462e-07,   -5.921611045923978e-06, -6.249551077565178e-07, 1.0247851016552774e-06,
        2.647337281979868e-07,   -1.597739614223922e-07, -7.878360342693637e-08, 1.7844927772981418e-08,
        1.60673869573294e-08,    -5.87362676498719e-10,  -1.6886576966786735e-09, -1.1997782031253095e-10};
    const lane size = absolute(x), t = (size - 4.0) / (size + 4.0);
    lane sum = all_lanes(by_power[23]);
    for (int k = 22; k >= 0; --k) sum = sum * t + by_power[k];
    const lane tail = exponential(-0.5 * size * size) * sum / (size + 4.0);
    return pick(x > 0.0, 1.0 - tail, tail);
}
