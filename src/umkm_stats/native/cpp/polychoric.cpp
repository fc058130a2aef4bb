// Polychoric correlations and their variances for one pair of items and as many draws as a register holds.
//
// The same formulas, names and order as kernels/ordinal/many_polychoric.py. With thresholds a_k, b_l, the corners
// Phi2(a_k, b_l; rho) of the grid, cells pi_kl (their second differences) and counts n_kl, the likelihood equation
// is
//
//   sum n_kl D phi2(a_k, b_l; rho) / pi_kl = 0,      D the second difference, phi2 = d Phi2 / d rho,
//
// solved by Newton's method. The grid follows rho by Gauss-Legendre integration of phi2 over the step.
#include "normal.h"

namespace {

typedef int64_t whole;

const double FLOOR = 1e-300, SETTLED = 6e-6, REACH = 0.8, TWO_PI = 6.283185307179586477, SMALLEST = 1.4901161193847656e-08;
const double SHORT = 6e-3;  // t below which a step needs no points of its own
const int STEPS = 8;

struct Rule {
    int points;
    double below;  // the rule serves t below this
    double node[16], weight[16];
};

// Gauss-Legendre rules on (-1, 1). phi2 is singular at rho = 1 and -1; a rule of n points over half a step h around m
// is off by about b^(-2n) with b = 1/t + sqrt(1/t^2 - 1), t = h / (1 - |m|): by 1e-11 or less below these t.
const int RULE_COUNT = 5;
const Rule RULES[RULE_COUNT] = {
    {4,
     0.07,
     {-0.8611363115940526, -0.33998104358485626, 0.33998104358485626, 0.8611363115940526},
     {0.34785484513745357, 0.6521451548625464, 0.6521451548625464, 0.34785484513745357}},
    {6,
     0.2,
     {-0.9324695142031519, -0.6612093864662645, -0.2386191860831969, 0.2386191860831969, 0.6612093864662645,
      0.9324695142031519},
     {0.17132449237917027, 0.3607615730481387, 0.46791393457269104, 0.46791393457269104, 0.3607615730481387,
      0.17132449237917027}},
    {8,
     0.33,
     {-0.9602898564975362, -0.7966664774136267, -0.525532409916329, -0.18343464249564978, 0.18343464249564978,
      0.525532409916329, 0.7966664774136267, 0.9602898564975362},
     {0.10122853629037706, 0.22238103445337443, 0.3137066458778869, 0.36268378337836166, 0.36268378337836166,
      0.3137066458778869, 0.22238103445337443, 0.10122853629037706}},
    {10,
     0.45,
     {-0.9739065285171717, -0.8650633666889845, -0.6794095682990244, -0.4333953941292472, -0.14887433898163122,
      0.14887433898163122, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717},
     {0.06667134430868814, 0.1494513491505804, 0.219086362515982, 0.2692667193099965, 0.2955242247147528,
      0.2955242247147528, 0.2692667193099965, 0.219086362515982, 0.1494513491505804, 0.06667134430868814}},
    {16,
     0.68,
     {-0.9894009349916499, -0.9445750230732326, -0.8656312023878318, -0.755404408355003, -0.6178762444026438,
      -0.45801677765722737, -0.2816035507792589, -0.09501250983763744, 0.09501250983763744, 0.2816035507792589,
      0.45801677765722737, 0.6178762444026438, 0.755404408355003, 0.8656312023878318, 0.9445750230732326,
      0.9894009349916499},
     {0.027152459411754176, 0.062253523938647456, 0.0951585116824926, 0.12462897125553407, 0.1495959888165767,
      0.16915651939500265, 0.18260341504492364, 0.18945061045506864, 0.18945061045506864, 0.18260341504492364,
      0.16915651939500265, 0.1495959888165767, 0.12462897125553407, 0.0951585116824926, 0.062253523938647456,
      0.027152459411754176}}};

// One table in every lane. r, c: its shape; tables (r, c); a (r - 1), b (c - 1); squares, cross (r - 1, c - 1):
// a^2 + b^2 and a b; grid, slopes, change (r + 1, c + 1): Phi2, phi2 and d phi2 / d rho at all corners; score
// (r, c); pull (r + c); rho.
struct Work {
    whole r, c;
    lane *tables, *a, *b, *squares, *cross, *grid, *slopes, *change, *score, *pull;
    lane rho;

    Work(whole rows, whole columns, lane* room) : r(rows), c(columns) {
        const whole corners = (r - 1) * (c - 1), outer = (r + 1) * (c + 1);
        tables = room, room += r * c;
        a = room, room += r - 1;
        b = room, room += c - 1;
        squares = room, room += corners;
        cross = room, room += corners;
        grid = room, room += outer;
        slopes = room, room += outer;
        change = room, room += outer;
        score = room, room += r * c;
        pull = room;
        for (whole k = 0; k < outer; ++k) slopes[k] = change[k] = grid[k] = all_lanes(0.0);
    }

    lane cell(const lane* of, whole i, whole j) const {
        const whole w = c + 1, k = i * w + j;
        return (of[k + w + 1] - of[k + w]) - (of[k + 1] - of[k]);
    }
};

inline lane lanes_at(const double* from) { return *(const lane*)from; }

// grid += the integral of phi2 from rho to rho + 2 half, by one rule.
void integrate(Work& at, const Rule& rule, lane half) {
    const lane middle = at.rho + half;
    for (int node = 0; node < rule.points; ++node) {
        const lane rho = middle + half * rule.node[node], rest = 1.0 - rho * rho, turned = 1.0 / rest;
        const lane by_cross = rho * turned, by_squares = 0.5 * turned;
        const lane scale = half * rule.weight[node] / (TWO_PI * root(rest));
        for (whole i = 0, k = 0; i < at.r - 1; ++i)
            for (whole j = 0; j < at.c - 1; ++j, ++k)
                at.grid[(i + 1) * (at.c + 1) + j + 1] +=
                    scale * exponential(at.cross[k] * by_cross - at.squares[k] * by_squares);
    }
}

// t of a step from rho.
inline lane reach_of(lane rho, lane half) { return absolute(half) / (1.0 - absolute(rho + half)); }

// Phi2 at the corners at the start of every lane, from Phi(a) Phi(b) on. The rule is the pair's, which its own
// correlation `centre` names; a lane whose start is too far out for it takes the last one.
void begin(Work& at, double centre, lane start) {
    const whole w = at.c + 1;
    for (whole i = 1; i < at.r; ++i)
        for (whole j = 1; j < at.c; ++j) at.grid[i * w + j] = at.grid[i * w + at.c] * at.grid[at.r * w + j];
    const lane half = 0.5 * start, none = all_lanes(0.0);
    const double out = 0.5 * fabs(centre) + 0.03;
    int which = 1;
    while (which + 1 < RULE_COUNT && out / (1.0 - out) > RULES[which].below) ++which;
    at.rho = none;
    const mask inside = reach_of(none, half) < RULES[which].below;
    integrate(at, RULES[which], pick(inside, half, none));
    if (!every(inside)) integrate(at, RULES[RULE_COUNT - 1], pick(inside, none, half));
    at.rho = start;
}

// slopes := phi2 and change := d phi2 / d rho at the corners.
void density(Work& at) {
    const lane rho = at.rho, rest = 1.0 - rho * rho, turned = 1.0 / rest, twice = turned * turned;
    const lane by_cross = rho * turned, by_squares = 0.5 * turned, scale = 1.0 / (TWO_PI * root(rest));
    const lane bend_cross = (1.0 + rho * rho) * twice, bend_squares = rho * twice;
    for (whole i = 0, k = 0; i < at.r - 1; ++i)
        for (whole j = 0; j < at.c - 1; ++j, ++k) {
            const whole place = (i + 1) * (at.c + 1) + j + 1;
            const lane value = scale * exponential(at.cross[k] * by_cross - at.squares[k] * by_squares);
            at.slopes[place] = value;
            at.change[place] = value * (at.cross[k] * bend_cross - at.squares[k] * bend_squares + by_cross);
        }
}

// Takes a step in rho (0 in a lane that rests): grid, slopes and change follow. A short step needs no points of its
// own: with f = phi2 its integral is step (f0 + f1) / 2 + step^2 (f0' - f1') / 12, error step t^4 / 2.
void move(Work& at, lane step) {
    const lane none = all_lanes(0.0), half = 0.5 * step, size = reach_of(at.rho, half);
    const mask brief = size < SHORT;
    mask open = ~brief;
    for (int which = 0; which < RULE_COUNT && any(open); ++which) {
        const mask here = open & (size < RULES[which].below);
        open = open & ~here;
        if (any(here)) integrate(at, RULES[which], pick(here, half, none));
    }
    const lane by_slope = pick(brief, half, none), by_change = pick(brief, step * step * (1.0 / 12.0), none);
    for (whole k = 0; k < (at.r + 1) * (at.c + 1); ++k)
        at.grid[k] += by_slope * at.slopes[k] + by_change * at.change[k];
    at.rho += step;
    density(at);
    for (whole k = 0; k < (at.r + 1) * (at.c + 1); ++k)
        at.grid[k] += by_slope * at.slopes[k] - by_change * at.change[k];
}

// The step of Newton in rho; not a number where the likelihood is not concave or the step is wild.
lane newton_step(Work& at) {
    lane slope = all_lanes(0.0), curve = slope;
    for (whole i = 0, k = 0; i < at.r; ++i)
        for (whole j = 0; j < at.c; ++j, ++k) {
            const lane turned = 1.0 / larger(at.cell(at.grid, i, j), all_lanes(FLOOR));
            const lane share = at.tables[k] * turned, by_rho = at.cell(at.slopes, i, j);
            slope += share * by_rho;
            curve += share * (at.cell(at.change, i, j) - by_rho * by_rho * turned);
        }
    const lane step = -slope / curve;
    const mask good = (curve < 0.0) & (curve > -1e290) & (absolute(step) < 0.4);
    return pick(good, step, all_lanes(NAN));
}

// Newton's steps; returns the lanes that settled. A lane that has ended, or would go further than the last rule
// serves, rests.
mask newton(Work& at) {
    mask settled = {}, open = ~settled;
    density(at);
    for (int turn = 0; turn < STEPS && any(open); ++turn) {
        const lane step = newton_step(at), size = absolute(step);
        const lane moved = smaller(larger(at.rho + step, all_lanes(-REACH - 0.1)), all_lanes(REACH + 0.1)) - at.rho;
        const mask near = reach_of(at.rho, 0.5 * moved) < RULES[RULE_COUNT - 1].below;
        const mask good = open & near & (size < 1.0), small = good & (size < SETTLED);
        move(at, pick(good, moved, all_lanes(0.0)));
        settled = settled | small;
        open = good & ~small;
    }
    return settled;
}

// pull[k] := sum over cuts of per_cut (1[category <= cut] - share of cut) for a case in each category; per_cut (cuts).
void margin_pull(const lane* per_cut, const lane* below, whole cuts, whole across, lane* pull) {
    lane centre = all_lanes(0.0), beyond = centre;
    for (whole k = 0; k < cuts; ++k) centre += per_cut[k] * below[k * across];
    pull[cuts] = -centre;
    for (whole k = cuts - 1; k >= 0; --k) {
        beyond += per_cut[k];
        pull[k] = beyond - centre;
    }
}

// Variance of sqrt(N) rho with estimated thresholds: total sum n (score - pull of its row - pull of its column)^2 /
// (sum n score^2)^2; see influence_variance in kernels/ordinal/polychoric_tables.py. The density of a threshold
// cancels: phi(a_k) stands in its slopes and below its influence.
lane spread(Work& at, lane total) {
    const whole r = at.r, c = at.c, w = c + 1;
    lane information = all_lanes(0.0);
    lane *mass = at.change, *by_cut = at.squares;  // both have served
    for (whole i = 0, k = 0; i < r; ++i)
        for (whole j = 0; j < c; ++j, ++k) {
            const lane cell = at.cell(at.grid, i, j);
            const mask sound = cell > SMALLEST;
            const lane weight = pick(sound, 1.0 / pick(sound, cell, all_lanes(1.0)), all_lanes(0.0));
            const lane score = at.cell(at.slopes, i, j) * weight;
            at.score[k] = score;
            mass[k] = at.tables[k] * score * weight;
            information += at.tables[k] * score * score;
        }
    const lane turned = 1.0 / root(1.0 - at.rho * at.rho), by_total = 1.0 / total;
    for (whole k = 0; k < r - 1; ++k) by_cut[k] = all_lanes(0.0);
    for (whole k = 0; k < r - 1; ++k) {
        lane before = all_lanes(0.0);
        for (whole j = 0; j < c; ++j) {
            const lane next = j < c - 1 ? normal_cdf((at.b[j] - at.rho * at.a[k]) * turned) : all_lanes(1.0);
            by_cut[k] += (mass[k * c + j] - mass[(k + 1) * c + j]) * (next - before);
            before = next;
        }
        by_cut[k] *= by_total;
    }
    margin_pull(by_cut, at.grid + w + c, r - 1, w, at.pull);
    for (whole l = 0; l < c - 1; ++l) {
        lane before = all_lanes(0.0);
        by_cut[l] = all_lanes(0.0);
        for (whole i = 0; i < r; ++i) {
            const lane next = i < r - 1 ? normal_cdf((at.a[i] - at.rho * at.b[l]) * turned) : all_lanes(1.0);
            by_cut[l] += (mass[i * c + l] - mass[i * c + l + 1]) * (next - before);
            before = next;
        }
        by_cut[l] *= by_total;
    }
    margin_pull(by_cut, at.grid + r * w + 1, c - 1, 1, at.pull + r);
    lane sum = all_lanes(0.0);
    for (whole i = 0, k = 0; i < r; ++i)
        for (whole j = 0; j < c; ++j, ++k) {
            const lane influence = at.score[k] - at.pull[i] - at.pull[r + j];
            sum += at.tables[k] * influence * influence;
        }
    const lane value = total * sum / (information * information);
    return pick(information > 0.0, value, all_lanes(NAN));
}

}  // namespace

// Doubles of working memory for tables of r x c.
UMKM_ENTRY int64_t umkm_polychoric_room(int64_t r, int64_t c) {
    return UMKM_LANES * (2 * r * c + 2 * (r + c) + 2 * (r - 1) * (c - 1) + 3 * (r + 1) * (c + 1) + r + c);
}

// Pairs of items whose tables are r x c, in `draws` draws (a multiple of four).
//
// cells (pairs, rows): cell of each row, row category * c + column category. counts (draws / 4, rows, 4). first, second
// (pairs): items. tau, share (items, cuts, draws): thresholds, and shares at or below them. centre (pairs): the
// correlation of the whole sample, start (pairs, draws): where a draw begins, within the reach. Out: rho, variance,
// safe (pairs, draws); safe is 1 where the search settled inside the reach and the table is one that it may take,
// else 0.
UMKM_ENTRY int64_t umkm_polychoric(int64_t pairs, int64_t rows, int64_t draws, int64_t r,
                                        int64_t c, int64_t cuts, const uint16_t* cells,
                                        const double* counts, const int64_t* first_item,
                                        const int64_t* second_item, const double* tau, const double* share,
                                        const double* centre, const double* start, double* room, double* rho,
                                        double* variance, double* safe) {
    const lane none = all_lanes(0.0), one = all_lanes(1.0);
    const whole w = c + 1;
    for (whole draw = 0; draw < draws; draw += UMKM_LANES) {
        const double* here = counts + draw / 4 * 4 * rows + draw % 4;
        for (whole pair = 0; pair < pairs; ++pair) {
            Work at(r, c, (lane*)room);
            for (whole k = 0; k < r * c; ++k) at.tables[k] = none;
            const uint16_t* own = cells + pair * rows;
            for (whole k = 0; k < r * c; ++k) at.score[k] = none;  // every other row, so that sums do not wait
            for (whole row = 0; row + 1 < rows; row += 2) {
                at.tables[own[row]] += lanes_at(here + 4 * row);
                at.score[own[row + 1]] += lanes_at(here + 4 * row + 4);
            }
            if (rows % 2) at.tables[own[rows - 1]] += lanes_at(here + 4 * (rows - 1));
            for (whole k = 0; k < r * c; ++k) at.tables[k] += at.score[k];
            lane total = none, kept_rows = none, kept_columns = none, filled = none;
            for (whole i = 0; i < r; ++i) {
                lane sum = none;
                for (whole j = 0; j < c; ++j) {
                    sum += at.tables[i * c + j];
                    filled += pick(at.tables[i * c + j] > 0.0, one, none);
                }
                total += sum;
                kept_rows += pick(sum > 0.0, one, none);
            }
            for (whole j = 0; j < c; ++j) {
                lane sum = none;
                for (whole i = 0; i < r; ++i) sum += at.tables[i * c + j];
                kept_columns += pick(sum > 0.0, one, none);
            }
            const whole from_a = first_item[pair] * cuts * draws + draw, from_b = second_item[pair] * cuts * draws + draw;
            for (whole k = 0; k < r - 1; ++k) {
                at.a[k] = lanes_at(tau + from_a + k * draws);
                at.grid[(k + 1) * w + c] = lanes_at(share + from_a + k * draws);
            }
            for (whole k = 0; k < c - 1; ++k) {
                at.b[k] = lanes_at(tau + from_b + k * draws);
                at.grid[r * w + k + 1] = lanes_at(share + from_b + k * draws);
            }
            at.grid[r * w + c] = one;
            for (whole i = 0, k = 0; i < r - 1; ++i)
                for (whole j = 0; j < c - 1; ++j, ++k) {
                    at.squares[k] = at.a[i] * at.a[i] + at.b[j] * at.b[j];
                    at.cross[k] = at.a[i] * at.b[j];
                }
            begin(at, centre[pair], lanes_at(start + pair * draws + draw));
            mask good = newton(at);
            good = good & (absolute(at.rho) <= REACH) & (kept_rows > 1.0) & (kept_columns > 1.0);
            good = good & ((kept_rows > 2.0) | (kept_columns > 2.0) | (filled == 4.0));
            const lane value = spread(at, total), ended = pick(good, one, none);
            memcpy(rho + pair * draws + draw, &at.rho, sizeof(lane));
            memcpy(variance + pair * draws + draw, &value, sizeof(lane));
            memcpy(safe + pair * draws + draw, &ended, sizeof(lane));
        }
    }
    return 0;
}
