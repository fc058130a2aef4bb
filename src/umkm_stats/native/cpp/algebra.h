// Small matrices of which every element is a lane: the same algebra for as many draws as a register holds.
// Matrices are stored by rows.
#pragma once
#include "lanes.h"

typedef int64_t whole;

// out (n, m) = a b, with a(i, k) = a[i * down + k * across] (n, depth) and b (depth, m) by rows. The sums of four
// columns stay in registers.
static inline void product(lane* out, const lane* a, whole down, whole across, const lane* b, whole n, whole depth,
                           whole m) {
    for (whole i = 0; i < n; ++i) {
        whole c = 0;
        for (; c + 4 <= m; c += 4) {
            lane s0 = all_lanes(0.0), s1 = s0, s2 = s0, s3 = s0;
            for (whole k = 0; k < depth; ++k) {
                const lane factor = a[i * down + k * across];
                const lane* row = b + k * m + c;
                s0 += factor * row[0], s1 += factor * row[1], s2 += factor * row[2], s3 += factor * row[3];
            }
            lane* put = out + i * m + c;
            put[0] = s0, put[1] = s1, put[2] = s2, put[3] = s3;
        }
        for (; c < m; ++c) {
            lane sum = all_lanes(0.0);
            for (whole k = 0; k < depth; ++k) sum += a[i * down + k * across] * b[k * m + c];
            out[i * m + c] = sum;
        }
    }
}

// rows x columns elements of a Cholesky factor less what the columns before `begin` explain.
template <int ROWS, int COLUMNS>
static inline void explain(lane* a, whole n, whole top, whole left) {
    lane sum[ROWS][COLUMNS];
    for (int i = 0; i < ROWS; ++i)
        for (int c = 0; c < COLUMNS; ++c) sum[i][c] = a[(top + i) * n + left + c];
    for (whole k = 0; k < left; ++k)
        for (int c = 0; c < COLUMNS; ++c) {
            const lane other = a[(left + c) * n + k];
            for (int i = 0; i < ROWS; ++i) sum[i][c] -= a[(top + i) * n + k] * other;
        }
    for (int i = 0; i < ROWS; ++i)
        for (int c = 0; c < COLUMNS; ++c)
            if (top + i >= left + c) a[(top + i) * n + left + c] = sum[i][c];
}

// Cholesky factor of the lower triangle of a (n, n), in place; turned (n): 1 over its diagonal. Returns the least
// pivot relative to its diagonal entry (1 - R squared of a variable on those before it), not above 1; where a pivot
// is not positive, 1 takes its place and the least is 0 or less.
static inline lane cholesky(lane* a, lane* turned, whole n) {
    lane least = all_lanes(1.0);
    for (whole j = 0; j < n; ++j) turned[j] = a[j * n + j];
    for (whole left = 0; left < n; left += 2) {
        const whole columns = n - left < 2 ? 1 : 2;
        whole top = left;
        if (columns == 2)
            for (; top + 4 <= n; top += 4) explain<4, 2>(a, n, top, left);
        for (; top < n; ++top)
            if (columns == 2)
                explain<1, 2>(a, n, top, left);
            else
                explain<1, 1>(a, n, top, left);
        for (whole j = left; j < left + columns; ++j) {
            for (whole k = left; k < j; ++k)
                for (whole i = j; i < n; ++i) a[i * n + j] -= a[i * n + k] * a[j * n + k];
            const lane pivot = a[j * n + j];
            const mask good = pivot > 0.0;
            least = smaller(least, pick(good, pivot / turned[j], all_lanes(0.0)));
            const lane diagonal = root(pick(good, pivot, all_lanes(1.0)));
            a[j * n + j] = diagonal;
            turned[j] = 1.0 / diagonal;
            for (whole i = j + 1; i < n; ++i) a[i * n + j] *= turned[j];
        }
    }
    return least;
}

// b := L^-1 b, then (back) b := L^-T b, for a factor of cholesky().
static inline void solve_forward(const lane* a, const lane* turned, lane* b, whole n) {
    for (whole i = 0; i < n; ++i) {
        lane s0 = all_lanes(0.0), s1 = s0, s2 = s0, s3 = s0;
        const lane* row = a + i * n;
        whole k = 0;
        for (; k + 4 <= i; k += 4)
            s0 += row[k] * b[k], s1 += row[k + 1] * b[k + 1], s2 += row[k + 2] * b[k + 2], s3 += row[k + 3] * b[k + 3];
        for (; k < i; ++k) s0 += row[k] * b[k];
        b[i] = (b[i] - ((s0 + s1) + (s2 + s3))) * turned[i];
    }
}

static inline void solve_back(const lane* a, const lane* turned, lane* b, whole n) {
    for (whole i = n - 1; i >= 0; --i) {
        b[i] *= turned[i];
        for (whole k = 0; k < i; ++k) b[k] -= a[i * n + k] * b[i];
    }
}

// out (n, n) := the inverse of the matrix whose factor is a; work (n, n).
static inline void inverse_of(const lane* a, const lane* turned, lane* work, lane* out, whole n) {
    const lane none = all_lanes(0.0);
    for (whole c = 0; c < n; ++c) {  // work(c, i) = (L^-1)(i, c)
        for (whole i = 0; i < n; ++i) work[c * n + i] = none;
        work[c * n + c] = turned[c];
        for (whole i = c + 1; i < n; ++i) {
            lane sum = none;
            for (whole k = c; k < i; ++k) sum += a[i * n + k] * work[c * n + k];
            work[c * n + i] = -sum * turned[i];
        }
    }
    for (whole r = 0; r < n; ++r)
        for (whole c = 0; c <= r; ++c) {
            lane sum = none;
            for (whole k = r; k < n; ++k) sum += work[r * n + k] * work[c * n + k];
            out[r * n + c] = out[c * n + r] = sum;
        }
}

// a (n, n) := its inverse, lane by lane with row exchanges; false in a lane whose matrix is singular. b: (n, n).
static inline mask invert(lane* a, lane* b, whole n) {
    mask good = {};
    for (int k = 0; k < UMKM_LANES; ++k) {
        good[k] = -1;
        for (whole i = 0; i < n; ++i)
            for (whole c = 0; c < n; ++c) b[i * n + c][k] = i == c ? 1.0 : 0.0;
        for (whole j = 0; j < n; ++j) {
            whole best = j;
            for (whole i = j + 1; i < n; ++i)
                if (fabs(a[i * n + j][k]) > fabs(a[best * n + j][k])) best = i;
            if (!(fabs(a[best * n + j][k]) > 0.0)) {
                good[k] = 0;
                break;
            }
            for (whole c = 0; best != j && c < n; ++c) {
                const double left = a[j * n + c][k], right = b[j * n + c][k];
                a[j * n + c][k] = a[best * n + c][k], a[best * n + c][k] = left;
                b[j * n + c][k] = b[best * n + c][k], b[best * n + c][k] = right;
            }
            const double pivot = a[j * n + j][k];
            for (whole c = 0; c < n; ++c) a[j * n + c][k] /= pivot, b[j * n + c][k] /= pivot;
            for (whole i = 0; i < n; ++i) {
                const double factor = i == j ? 0.0 : a[i * n + j][k];
                for (whole c = 0; c < n; ++c)
                    a[i * n + c][k] -= factor * a[j * n + c][k], b[i * n + c][k] -= factor * b[j * n + c][k];
            }
        }
    }
    for (whole i = 0; i < n * n; ++i) a[i] = b[i];
    return good;
}
