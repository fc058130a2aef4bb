// Counts of bootstrap draws, from the same random words as kernels/draws.py, and the weighted moment product.
//
// The words: Philox 4 x 64 with ten rounds (Salmon, Moraes, Dror & Shaw 2011,
// https://doi.org/10.1145/2063384.2063405), key (seed, purpose), counter (1 + i, 0, 0, block) for the i-th four
// words of 64 bits; each is read as two of 32, the low half first. Draw d takes the words d n ... d n + n - 1 of
// its block; word w picks row (w span) >> 32 of its stratum.
#include "lanes.h"

namespace {

struct Philox {
    uint64_t key0, key1, block;

    // Words 8 number ... 8 number + 7 of 32 bits.
    void words(uint64_t number, uint32_t* out) const {
        uint64_t c0 = number + 1, c1 = 0, c2 = 0, c3 = block, k0 = key0, k1 = key1;
        for (int round = 0; round < 10; ++round) {
            const unsigned __int128 first = (unsigned __int128)0xD2E7470EE14C6C93ull * c0;
            const unsigned __int128 second = (unsigned __int128)0xCA5A826395121157ull * c2;
            const uint64_t high0 = (uint64_t)(first >> 64), low0 = (uint64_t)first;
            const uint64_t high1 = (uint64_t)(second >> 64), low1 = (uint64_t)second;
            c0 = high1 ^ c1 ^ k0;
            c1 = low1;
            c2 = high0 ^ c3 ^ k1;
            c3 = low0;
            k0 += 0x9E3779B97F4A7C15ull;
            k1 += 0xBB67AE8584CAA73Bull;
        }
        const uint64_t pair[4] = {c0, c1, c2, c3};
        for (int k = 0; k < 4; ++k) out[2 * k] = (uint32_t)pair[k], out[2 * k + 1] = (uint32_t)(pair[k] >> 32);
    }
};

const int EIGHT = 8;  // words of 32 bits in one call of Philox

// Counts of one draw: n words from word `begin` on.
template <typename Count>
void count_draw(const Philox& stream, uint64_t begin, int64_t n, const uint32_t* span,
                const uint32_t* start, Count* out) {
    for (int64_t j = 0; j < n; ++j) out[j] = 0;
    int64_t done = -(int64_t)(begin % EIGHT);  // words of the first call that belong to others
    for (uint64_t number = begin / EIGHT; done < n; number += 2, done += 2 * EIGHT) {
        uint32_t word[2 * EIGHT];
        stream.words(number, word);
        stream.words(number + 1, word + EIGHT);
        if (!span && done >= 0 && done + 2 * EIGHT <= n) {
            for (int k = 0; k < 2 * EIGHT; ++k) out[(word[k] * (uint64_t)n) >> 32] += 1;
            continue;
        }
        const int from = done < 0 ? (int)-done : 0;
        const int to = n - done < 2 * EIGHT ? (int)(n - done) : 2 * EIGHT;
        for (int k = from; k < to; ++k) {
            const int64_t unit = done + k;
            const uint64_t size = span ? span[unit] : (uint64_t)n;
            out[(span ? start[unit] : 0) + ((word[k] * size) >> 32)] += 1;
        }
    }
}

}  // namespace

// Counts (size, n) of draws first ... first + size - 1 of a block. span, start (n,): size and first unit of the
// stratum of every unit, or both null for one stratum. bytes: 8 for double, 2 for unsigned 16-bit counts.
UMKM_ENTRY int64_t umkm_draw_counts(uint64_t seed, uint64_t purpose, uint64_t block,
                                         int64_t first, int64_t size, int64_t n,
                                         const uint32_t* span, const uint32_t* start,
                                         int64_t bytes, void* out) {
    const Philox stream = {seed, purpose, block};
    for (int64_t d = 0; d < size; ++d) {
        const uint64_t begin = (uint64_t)(first + d) * (uint64_t)n;
        if (bytes == 8)
            count_draw(stream, begin, n, span, start, (double*)out + d * n);
        else
            count_draw(stream, begin, n, span, start, (uint16_t*)out + d * n);
    }
    return 0;
}

namespace {

const int ROWS = 256;               // rows of the values worked on at a time
const int VECTORS = 3;              // registers of columns at a time
const int WIDE = VECTORS * UMKM_LANES;

// out[d, 0 ... width - 1] += sum over rows of weight[d, i] tile[i, .] for DRAWS draws. Every draw adds its rows
// in their order, so its sums do not depend on the draws beside it.
template <int DRAWS>
void add_tile(const double* weight, int64_t stride, int rows, const double* tile, double* out,
              int64_t columns, int width) {
    lane sum[DRAWS][VECTORS];
    double edge[WIDE];
    for (int d = 0; d < DRAWS; ++d) {
        for (int k = 0; k < WIDE; ++k) edge[k] = k < width ? out[d * columns + k] : 0.0;
        for (int v = 0; v < VECTORS; ++v) memcpy(&sum[d][v], edge + v * UMKM_LANES, sizeof(lane));
    }
    for (int i = 0; i < rows; ++i) {
        const lane* row = (const lane*)(tile + i * WIDE);
        for (int d = 0; d < DRAWS; ++d) {
            const lane w = all_lanes(weight[d * stride + i]);
            for (int v = 0; v < VECTORS; ++v) sum[d][v] += w * row[v];
        }
    }
    for (int d = 0; d < DRAWS; ++d) {
        for (int v = 0; v < VECTORS; ++v) memcpy(edge + v * UMKM_LANES, &sum[d][v], sizeof(lane));
        for (int k = 0; k < width; ++k) out[d * columns + k] = edge[k];
    }
}

}  // namespace

// out (draws, columns) = weight (draws, rows; stride doubles from draw to draw) times values (rows, columns).
UMKM_ENTRY int64_t umkm_weighted_sums(int64_t draws, int64_t rows, int64_t columns,
                                           const double* weight, int64_t stride, const double* values,
                                           double* out) {
    double tile[ROWS * WIDE];
    memset(out, 0, sizeof(double) * (size_t)(draws * columns));
    for (int64_t top = 0; top < rows; top += ROWS) {
        const int tall = rows - top < ROWS ? (int)(rows - top) : ROWS;
        for (int64_t left = 0; left < columns; left += WIDE) {
            const int width = columns - left < WIDE ? (int)(columns - left) : WIDE;
            for (int i = 0; i < tall; ++i)
                for (int k = 0; k < WIDE; ++k)
                    tile[i * WIDE + k] = k < width ? values[(top + i) * columns + left + k] : 0.0;
            int64_t d = 0;
            for (; d + 4 <= draws; d += 4)
                add_tile<4>(weight + d * stride + top, stride, tall, tile, out + d * columns + left, columns, width);
            for (; d < draws; ++d)
                add_tile<1>(weight + d * stride + top, stride, tall, tile, out + d * columns + left, columns, width);
        }
    }
    return 0;
}
