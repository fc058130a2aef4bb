// Curvature of weighted least squares on correlations, for as many draws as a register holds.
//
// F = sum over pairs i > j of w_ij (r_ij - sigma_ij)^2 has about the second derivatives 2 J'WJ (Gauss-Newton; see
// kernels/ordinal/many_dwls.py). A cell's derivative of sigma_ij is h (u_i v_j + u_j v_i) with u and v columns of
// F = [I, Lambda A, Lambda Phi]; a unit column leaves most of them 0, so only the others are visited.
#include "algebra.h"

// inverse (draws, q, q) of 2 J'WJ; least (draws): the least relative pivot, 0 or less where there is no inverse.
//
// draws: a multiple of four. right (draws, p, across): the columns of F behind the unit matrix. weight (draws,
// pairs). Pair k has the slots slot_start[k] ... slot_start[k + 1] - 1, each a direction of the model, rising within
// the pair, and the entries entry_start[k] ... entry_start[k + 1] - 1: `by` times the derivative of `cell` is added
// to the slot number `to` of the pair. first, second (pairs): variables. u, v, half (cells). room: 3 q q + 2 q lanes
// and as many as a pair has slots, not above q.
UMKM_ENTRY int64_t umkm_dwls_inverse(whole draws, whole p, whole across, whole pairs, whole q, const double* right,
                                          const double* weight, const whole* first, const whole* second,
                                          const whole* slot_start, const whole* direction, const whole* entry_start,
                                          const whole* cell, const double* by, const whole* to, const whole* u,
                                          const whole* v, const double* half, double* room, double* inverse,
                                          double* least) {
    lane *matrix = (lane*)room, *work = matrix + q * q, *out = work + q * q, *turned = out + q * q, *slope = turned + q;
    lane* column = slope + q;  // right, draw by draw in the lanes
    const lane none = all_lanes(0.0), one = all_lanes(1.0);
    for (whole draw = 0; draw < draws; draw += UMKM_LANES) {
        for (int k = 0; k < UMKM_LANES; ++k)
            for (whole i = 0; i < p * across; ++i) column[i][k] = right[(draw + k) * p * across + i];
        for (whole i = 0; i < q * q; ++i) matrix[i] = none;
        const auto element = [&](whole of, whole row) {
            return of < p ? (of == row ? one : none) : column[row * across + of - p];
        };
        for (whole pair = 0; pair < pairs; ++pair) {
            const whole i = first[pair], j = second[pair], slots = slot_start[pair], count = slot_start[pair + 1] - slots;
            lane twice;
            for (int k = 0; k < UMKM_LANES; ++k) twice[k] = 2.0 * weight[(draw + k) * pairs + pair];
            for (whole a = 0; a < count; ++a) slope[a] = none;
            for (whole e = entry_start[pair]; e < entry_start[pair + 1]; ++e) {
                const whole c = cell[e];
                const lane value = element(u[c], i) * element(v[c], j) + element(u[c], j) * element(v[c], i);
                slope[to[e]] += by[e] * half[c] * value;
            }
            for (whole a = 0; a < count; ++a) {
                const lane weighted = twice * slope[a];
                lane* row = matrix + direction[slots + a] * q;
                for (whole b = 0; b <= a; ++b) row[direction[slots + b]] += weighted * slope[b];
            }
        }
        const lane pivot = cholesky(matrix, turned, q);
        inverse_of(matrix, turned, work, out, q);
        for (int k = 0; k < UMKM_LANES; ++k) {
            least[draw + k] = pivot[k];
            for (whole i = 0; i < q * q; ++i) inverse[(draw + k) * q * q + i] = out[i][k];
        }
    }
    return 0;
}
