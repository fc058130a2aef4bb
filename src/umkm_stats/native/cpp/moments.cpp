// Moments of draws from their weighted sums, and Cholesky factors of many small matrices.
#include "algebra.h"

// Covariances (draws, p, p) with divisor n and means (draws, p) from sums (draws, p + p (p + 1) / 2) about centre
// (p), the products in the order of a lower triangle by rows; n (draws). A variable whose mean square about its mean
// is not above `rounding` times that about the centre has variance and covariances 0: moments_of of
// kernels/sem/many/ml.py.
UMKM_ENTRY int64_t umkm_moments(int64_t draws, int64_t p, const double* sums, const double* n,
                                     const double* centre, double rounding, double* cov, double* mean) {
    for (int64_t d = 0; d < draws; ++d) {
        const double* sum = sums + d * (p + p * (p + 1) / 2);
        const double* square = sum + p;
        double *out = cov + d * p * p, *level = mean + d * p;
        for (int64_t i = 0; i < p; ++i) level[i] = sum[i] / n[d];
        for (int64_t i = 0; i < p; square += ++i)
            for (int64_t c = 0; c <= i; ++c) out[i * p + c] = square[c] / n[d] - level[i] * level[c];
        square = sum + p;
        for (int64_t i = 0; i < p; square += ++i) {
            if (out[i * p + i] > rounding * (square[i] / n[d])) continue;
            for (int64_t c = 0; c < i; ++c) out[i * p + c] = 0.0;
            for (int64_t c = i; c < p; ++c) out[c * p + i] = 0.0;
        }
        for (int64_t i = 0; i < p; ++i)
            for (int64_t c = 0; c < i; ++c) out[c * p + i] = out[i * p + c];
        for (int64_t i = 0; i < p; ++i) level[i] += centre[i];
    }
    return 0;
}

// Of (draws, n, n) matrices, whose lower triangles are read: least (draws) pivot relative to its diagonal entry, 0
// when not positive definite, and log-determinant (draws), which then means nothing. memory: lanes * (n * n + n).
UMKM_ENTRY int64_t umkm_factors(int64_t draws, int64_t n, const double* matrices, double* memory,
                                     double* least, double* logdet) {
    lane *a = (lane*)memory, *turned = a + n * n;
    for (int64_t first = 0; first < draws; first += UMKM_LANES) {
        for (int k = 0; k < UMKM_LANES; ++k) {
            const double* from = matrices + (first + k < draws ? first + k : draws - 1) * n * n;
            for (int64_t i = 0; i < n; ++i)
                for (int64_t c = 0; c <= i; ++c) a[i * n + c][k] = from[i * n + c];
        }
        const lane found = cholesky(a, turned, n);
        LogSum sum;
        for (int64_t i = 0; i < n; ++i) sum.add(a[i * n + i]);
        const lane total = 2.0 * sum.total();
        for (int k = 0; k < UMKM_LANES && first + k < draws; ++k)
            least[first + k] = found[k] > 0.0 ? found[k] : 0.0, logdet[first + k] = total[k];
    }
    return 0;
}
