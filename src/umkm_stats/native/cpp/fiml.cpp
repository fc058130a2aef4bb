// Full-information maximum likelihood with missing values: the objective of kernels/sem/many/fiml.py, with its names.
//
// With K = Sigma^-1, m the variables a row misses, e = row - mu (0 where missing) and M = K_mm^-1,
//
//   log|Sigma_oo| = log|Sigma| + log|K_mm|        e_m := -M (K e)_m completes the row
//
// and with T the sum of c e e' over the completed rows, C the sum of c M (padded), c counts and n their sum,
//
//   F = (1/n) [n log|Sigma| + sum c log|K_mm| + tr(KT)]
//   dF/dSigma = (1/n) [nK - K(T + C)K]        dF/dmu = -(2/n) K sum c e.
//
// What rows have in all they show does not depend on the point but through mu, so it is summed once a draw (Seen);
// a visit of the rows adds only what they miss: for |m| variables 2 |m| p products. As tr(KC) is the sum of c |m|,
// T and C are never apart.
#include "model.h"
#include "normal.h"
#include "solve.h"

namespace {

// The incomplete rows of one group, by pattern. values (rows, p): less centre (p), 0 where missing; rows of pattern r
// are start[r] ... start[r + 1] - 1, the variables it misses missing[gap[r]] ... missing[gap[r + 1] - 1], rising, at
// least one; variance (p): of the values seen in the analysed sample.
struct Rows {
    whole rows, patterns;
    const double *values, *centre, *variance;
    const whole *start, *gap, *missing;
};

// The draws of one group as the Python side hands them on: counts (draws / 4, rows, 4) of the incomplete rows; whole
// (draws) complete ones, cov (draws, p, p) and mean (draws, p) their moments about the centre; outer_cov, outer_mean:
// moments of the exogenous observed variables.
struct Draws {
    const double *counts, *whole, *cov, *mean, *outer_cov, *outer_mean;
};

// The lanes' draws of one group. counts: of row k at counts + 4 k. s (p, p), mean (p): moments of the exogenous
// observed variables. share: N_g / N; n: all counts. crossed (p, p): sum of c x_j x_k over rows that have both; part
// (p, p): sum of c x_j over rows that have j and k; both (p, p): sum of c over them; held (patterns): sum of c.
struct Seen {
    const double* counts;
    lane *s, *mean, *crossed, *part, *both, *held;
    lane share, n;

    lane count(whole row) const { return *(const lane*)(counts + 4 * row); }
};

// Room of one group at one point: side, general_lam, r_lam (m, p); square matrices (p, p); rows (p).
struct Point {
    Matrices at;
    ChainRoom chain_room;
    lane *side, *general_lam, *r_lam, *sigma, *work, *k, *inner, *added, *block, *turned, *d, *e, *y, *filled, *linear;
    lane* g_mu;
    mask ok;
    lane logdet;

    Point(const Group& g, Room& room) : at(g, room), chain_room(g, room), ok(mask{}), logdet(all_lanes(0.0)) {
        const whole p = g.p, m = g.m;
        lane** tall[] = {&side, &general_lam, &r_lam};
        for (lane** entry : tall) *entry = room.take(m * p);
        lane** square[] = {&sigma, &work, &k, &inner, &added, &block};
        for (lane** entry : square) *entry = room.take(p * p);
        lane** row[] = {&turned, &d, &e, &y, &filled, &linear, &g_mu};
        for (lane** entry : row) *entry = room.take(p);
    }
};

void zero(lane* values, whole count) {
    for (whole k = 0; k < count; ++k) values[k] = all_lanes(0.0);
}

// The sums of Seen for the draws first ... of a group.
void gather(const Rows& rows, const Draws& given, whole first, whole p, Seen& seen) {
    lane* total = seen.part;  // its first row, for now: sum of c x_j
    zero(seen.both, p * p);
    seen.counts = given.counts + first / 4 * 4 * rows.rows + first % 4;
    for (int lane_of = 0; lane_of < UMKM_LANES; ++lane_of) {
        const whole draw = first + lane_of;
        const double *cov = given.cov + draw * p * p, *mean = given.mean + draw * p, c = given.whole[draw];
        seen.n[lane_of] = c;
        for (whole j = 0; j < p; ++j) {
            total[j][lane_of] = c * mean[j];
            seen.mean[j][lane_of] = given.outer_mean[draw * p + j];
            for (whole k = 0; k < p; ++k) {
                seen.crossed[j * p + k][lane_of] = c * (cov[j * p + k] + mean[j] * mean[k]);
                seen.s[j * p + k][lane_of] = given.outer_cov[draw * p * p + j * p + k];
            }
        }
    }
    for (whole r = 0; r < rows.patterns; ++r) {
        seen.held[r] = all_lanes(0.0);
        for (whole row = rows.start[r]; row < rows.start[r + 1]; ++row) {
            const lane c = seen.count(row);
            if (!any(c != 0.0)) continue;
            const double* x = rows.values + row * p;
            seen.held[r] += c;
            for (whole j = 0; j < p; ++j) {
                const lane weighted = c * x[j];
                total[j] += weighted;
                for (whole k = 0; k <= j; ++k) seen.crossed[j * p + k] += weighted * x[k];
            }
        }
        seen.n += seen.held[r];
    }
    for (whole j = p - 1; j >= 0; --j)
        for (whole k = 0; k < p; ++k) seen.part[j * p + k] = total[j], seen.both[j * p + k] = seen.n;
    for (whole r = 0; r < rows.patterns; ++r) {
        const whole *m = rows.missing + rows.gap[r], size = rows.gap[r + 1] - rows.gap[r];
        if (!any(seen.held[r] != 0.0)) continue;
        for (whole row = rows.start[r]; row < rows.start[r + 1]; ++row) {
            const lane c = seen.count(row);
            const double* x = rows.values + row * p;
            for (whole a = 0; a < size; ++a)
                for (whole j = 0; j < p; ++j) seen.part[j * p + m[a]] -= c * x[j];
        }
        for (whole a = 0; a < size; ++a) {
            for (whole j = 0; j < p; ++j) seen.both[m[a] * p + j] -= seen.held[r];
            for (whole j = 0, b = 0; j < p; ++j) {
                while (b < size && m[b] < j) ++b;
                if (b == size || m[b] != j) seen.both[j * p + m[a]] -= seen.held[r];
            }
        }
    }
    for (whole j = 0; j < p; ++j)
        for (whole k = 0; k < j; ++k) seen.crossed[k * p + j] = seen.crossed[j * p + k];
}

// Sigma, its logarithmic determinant and K at the parameters; d = mu - centre.
void prepare(const Group& g, const Rows& rows, const lane* parameters, const Seen& seen, Point& here) {
    const whole p = g.p, m = g.m;
    here.ok = fill(g, parameters, seen.s, seen.mean, here.at);
    zero(here.side, m * p);  // Phi Lambda'
    for (whole k = 0; k < g.loads; ++k)
        for (whole c = 0; c < m; ++c)
            here.side[c * p + g.load_row[k]] += here.at.phi[c * m + g.load_col[k]] * here.at.load(g, k);
    const lane* theta = here.at.flat + g.starts[THETA];
    for (whole k = 0; k < p * p; ++k) here.sigma[k] = g.diagonal ? all_lanes(0.0) : theta[k];
    for (whole i = 0; g.diagonal && i < p; ++i) here.sigma[i * p + i] = theta[i];
    for (whole k = 0; k < g.loads; ++k) {
        const lane load = here.at.load(g, k);
        lane* row = here.sigma + g.load_row[k] * p;
        for (whole i = 0; i < p; ++i) row[i] += load * here.side[g.load_col[k] * p + i];
    }
    here.ok &= cholesky(here.sigma, here.turned, p) > 0.0;
    LogSum logdet;
    for (whole i = 0; i < p; ++i) logdet.add(here.sigma[i * p + i]);
    here.logdet = 2.0 * logdet.total();
    here.ok &= absolute(here.logdet) < 1e300;
    inverse_of(here.sigma, here.turned, here.work, here.k, p);
    zero(here.general_lam, m * p);  // K Lambda
    for (whole k = 0; k < g.loads; ++k) {
        const lane load = here.at.load(g, k);
        for (whole i = 0; i < p; ++i)
            here.general_lam[g.load_col[k] * p + i] += load * here.k[g.load_row[k] * p + i];
    }
    for (whole i = 0; i < p; ++i) here.d[i] = here.at.flat[g.starts[NU] + i] - rows.centre[i];
    for (whole k = 0; k < g.loads; ++k) here.d[g.load_row[k]] += here.at.load(g, k) * here.at.eta[g.load_col[k]];
}

// M = K_mm^-1 into work (size, size); returns log|K_mm|.
lane uncertainty(const Point& here, whole p, const whole* m, whole size) {
    if (size == 1) {
        const lane own = here.k[m[0] * p + m[0]];
        here.work[0] = 1.0 / own;
        return natural_logarithm(own);
    }
    for (whole a = 0; a < size; ++a)
        for (whole b = 0; b < size; ++b) here.block[a * size + b] = here.k[m[a] * p + m[b]];
    cholesky(here.block, here.turned, size);
    lane logs = all_lanes(0.0);
    for (whole first = 0; first < size; first += 8) {
        lane product = all_lanes(1.0);
        for (whole a = first; a < size && a < first + 8; ++a) product *= here.block[a * size + a];
        logs += natural_logarithm(product);
    }
    inverse_of(here.block, here.turned, here.added, here.work, size);
    return 2.0 * logs;
}

struct Fiml {
    const Model& model;
    whole q;
    const Rows* rows;
    const Seen* seen;
    lane* parameters;
    Room room;  // of one group at a time

    Fiml(const Model& given, const Rows* data, const Seen* lanes, Room& rest)
        : model(given), q(given.q), rows(data), seen(lanes), parameters(rest.take(given.parameters)), room(rest) {}

    lane value(const lane* free, mask active, lane* gradient);
    void information(const lane* free, mask active, lane* out) { weigh(free, active, out, true); }
    void curvature(const lane* free, mask active, lane* out) { weigh(free, active, out, false); }
    lane extent(const lane* free);

  private:
    lane group_value(const Group& g, const Rows& data, const Seen& own, lane* gradient);
    void weigh(const lane* free, mask active, lane* out, bool whole_matrix);
};

lane Fiml::value(const lane* free, mask, lane* gradient) {
    lane total = all_lanes(0.0);
    zero(gradient, q);
    parameters_of(model, free, parameters);
    for (whole which = 0; which < model.groups; ++which)
        total += seen[which].share * group_value(model.group[which], rows[which], seen[which], gradient);
    return total;
}

lane Fiml::group_value(const Group& g, const Rows& data, const Seen& own, lane* gradient) {
    const whole p = g.p, m = g.m;
    Room rest = room;
    Point here(g, rest);
    prepare(g, data, parameters, own, here);
    lane extra = all_lanes(0.0);  // sum of c (log|K_mm| - |m|)
    lane* half = here.sigma;      // what rows miss, in the lower or upper triangle, once; sigma has served
    zero(half, p * p);
    for (whole i = 0; i < p; ++i) here.linear[i] = own.part[i * p + i] - own.both[i * p + i] * here.d[i];
    for (whole r = 0; r < data.patterns; ++r) {
        const whole *missing = data.missing + data.gap[r], size = data.gap[r + 1] - data.gap[r];
        if (!any(own.held[r] != 0.0)) continue;
        extra += own.held[r] * (uncertainty(here, p, missing, size) - (double)size);
        for (whole a = 0; a < size; ++a)
            for (whole b = 0; b <= a; ++b) {
                const lane share = own.held[r] * here.work[a * size + b];
                half[missing[a] * p + missing[b]] += a == b ? 0.5 * share : share;
            }
        for (whole row = data.start[r]; row < data.start[r + 1]; ++row) {
            const lane c = own.count(row);
            if (!any(c != 0.0)) continue;
            const double* x = data.values + row * p;
            for (whole j = 0; j < p; ++j) here.e[j] = x[j] - here.d[j];
            for (whole a = 0; a < size; ++a) here.e[missing[a]] = all_lanes(0.0);
            for (whole a = 0; a < size; ++a) {
                const lane* k = here.k + missing[a] * p;
                lane s0 = all_lanes(0.0), s1 = s0;
                whole j = 0;
                for (; j + 2 <= p; j += 2) s0 += k[j] * here.e[j], s1 += k[j + 1] * here.e[j + 1];
                if (j < p) s0 += k[j] * here.e[j];
                here.y[a] = s0 + s1;
            }
            for (whole a = 0; a < size; ++a) {
                lane sum = all_lanes(0.0);
                for (whole b = 0; b < size; ++b) sum -= here.work[a * size + b] * here.y[b];
                here.filled[a] = sum;
                const lane weighted = c * sum;
                here.linear[missing[a]] += weighted;
                lane* put = half + missing[a] * p;
                for (whole j = 0; j < p; ++j) put[j] += weighted * here.e[j];
                for (whole b = 0; b < a; ++b) put[missing[b]] += weighted * here.filled[b];
                put[missing[a]] += 0.5 * weighted * sum;
            }
        }
    }
    lane trace = all_lanes(0.0);
    for (whole j = 0; j < p; ++j)
        for (whole k = 0; k <= j; ++k) {
            lane sum = half[j * p + k] + half[k * p + j] + own.crossed[j * p + k] - here.d[k] * own.part[j * p + k];
            sum += here.d[j] * (own.both[j * p + k] * here.d[k] - own.part[k * p + j]);
            here.inner[j * p + k] = here.inner[k * p + j] = sum;
            trace += (j == k ? 1.0 : 2.0) * sum * here.k[j * p + k];
        }
    const lane by_n = 1.0 / own.n;
    const lane value = here.logdet + (extra + trace) * by_n;
    for (whole k = 0; k < p * p; ++k) here.inner[k] *= by_n;
    product(here.work, here.inner, p, 1, here.k, p, p, p);               // (T + C) K / n
    product(here.side, here.general_lam, p, 1, here.work, m, p, p);
    for (whole k = 0; k < m * p; ++k) here.r_lam[k] = here.general_lam[k] - here.side[k];
    const auto r_theta = [&](whole i, whole c) {
        lane sum = here.k[i * p + c];
        for (whole k = 0; k < p; ++k) sum -= here.k[i * p + k] * here.work[k * p + c];
        return sum;
    };
    for (whole i = 0; i < p; ++i) {
        lane sum = all_lanes(0.0);
        for (whole k = 0; k < p; ++k) sum += here.k[i * p + k] * here.linear[k];
        here.g_mu[i] = -2.0 * by_n * sum;
    }
    chain(model, g, here.at, here.r_lam, r_theta, here.g_mu, own.share, here.chain_room, gradient);
    return pick(here.ok, value, all_lanes(HUGE_VAL));
}

// The expected information, or its diagonal, with the mean of the rows' own weights, K - KCK / n, for W: what the
// steps are scaled by. Where a draw has complete rows it is positive definite exactly when the information given all
// patterns is: both then say that no direction leaves Sigma and mu as they are.
void Fiml::weigh(const lane* free, mask, lane* out, bool whole_matrix) {
    zero(out, whole_matrix ? q * q : q);
    parameters_of(model, free, parameters);
    for (whole which = 0; which < model.groups; ++which) {
        const Group& g = model.group[which];
        const Rows& data = rows[which];
        const Seen& own = seen[which];
        const whole p = g.p, m = g.m, n = p + 2 * m;
        Room rest = room;
        Point here(g, rest);
        GramRoom gram_room(g, rest);
        prepare(g, data, parameters, own, here);
        zero(here.inner, p * p);
        for (whole r = 0; r < data.patterns; ++r) {
            const whole *missing = data.missing + data.gap[r], size = data.gap[r + 1] - data.gap[r];
            if (!any(own.held[r] != 0.0)) continue;
            uncertainty(here, p, missing, size);
            const lane share = own.held[r] / own.n;
            for (whole a = 0; a < size; ++a)
                for (whole b = 0; b < size; ++b)
                    here.inner[missing[a] * p + missing[b]] += share * here.work[a * size + b];
        }
        product(here.work, here.inner, p, 1, here.k, p, p, p);
        product(here.added, here.k, p, 1, here.work, p, p, p);
        for (whole i = 0; i < p; ++i)
            for (whole c = 0; c < p; ++c) gram_room.gram[i * n + c] = here.k[i * p + c] - here.added[i * p + c];
        product(here.side, here.general_lam, p, 1, here.work, m, p, p);
        for (whole k = 0; k < m * p; ++k) here.general_lam[k] -= here.side[k];
        fill_gram(g, here.at, here.general_lam, gram_room);
        if (whole_matrix)
            add_information(model, g, gram_room, own.share, out);
        else
            add_curvature(model, g, gram_room, own.share, out);
    }
}

// Largest residual variance, without sign, in units of the variance of the values seen.
lane Fiml::extent(const lane* free) {
    lane out = all_lanes(0.0);
    parameters_of(model, free, parameters);
    for (whole which = 0; which < model.groups; ++which) {
        const Group& g = model.group[which];
        Room rest = room;
        Matrices at(g, rest);
        fill(g, parameters, seen[which].s, seen[which].mean, at);
        for (whole i = 0; i < g.p; ++i) out = larger(out, absolute(at.theta(g, i)) / rows[which].variance[i]);
    }
    return out;
}

// The lanes' draws of all groups (counted only when room.base is null).
void lay_out(const Model& model, const Rows* rows, Seen* seen, Room& room) {
    for (whole which = 0; which < model.groups; ++which) {
        const whole p = model.group[which].p;
        Seen made = {};
        lane** square[] = {&made.s, &made.crossed, &made.part, &made.both};
        for (lane** entry : square) *entry = room.take(p * p);
        made.mean = room.take(p);
        made.held = room.take(rows[which].patterns);
        if (seen) seen[which] = made;
    }
}

// Room behind `room` that a visit of any group and the solver need.
Room behind(const Model& model, Room room) {
    Room most = room;
    for (whole which = 0; which < model.groups; ++which) {
        Room here = room;
        Point point(model.group[which], here);
        GramRoom gram(model.group[which], here);
        if (here.used > most.used) most = here;
    }
    return most;
}

const int GROUPS = 64;  // groups of a model that are served

}  // namespace

// Doubles of working memory that umkm_fiml_draws needs; 0 for a model with too many groups.
UMKM_ENTRY int64_t umkm_fiml_room(const Model* model, const Rows* rows) {
    if (model->groups > GROUPS) return 0;
    Room room = {nullptr, 0};
    lay_out(*model, rows, nullptr, room);
    Live live(model->q, room);
    room.take(model->parameters);
    Room most = behind(*model, room);
    Memory memory(model->q, most);
    most.take(4 * model->q + model->q * model->q + model->q);
    return most.used * UMKM_LANES;
}

// Re-estimate `draws` draws (a multiple of four). given (groups); share (draws, groups). Out: free and gradient (draws,
// q), value, scaled, extent (draws), end (see solve.h) and rounds (draws).
UMKM_ENTRY int64_t umkm_fiml_draws(const Model* model, const Rows* rows, int64_t draws, const Draws* given,
                                        const double* share, const double* origin_free, const double* origin_inverse,
                                        const double* origin_curvature, double tolerance, int64_t limit,
                                        double* memory, double* free, double* gradient, double* value,
                                        double* scaled, double* extent, int64_t* end, int64_t* rounds) {
    const whole q = model->q, groups = model->groups;
    if (groups > GROUPS) return 1;
    const Origin origin = {origin_free, origin_inverse, origin_curvature, 0, draws - 1};
    for (whole first = 0; first < draws; first += UMKM_LANES) {
        Seen seen[GROUPS];
        Room room = {(lane*)memory, 0};
        lay_out(*model, rows, seen, room);
        Live live(q, room);
        Fiml objective(*model, rows, seen, room);
        for (whole which = 0; which < groups; ++which) {
            gather(rows[which], given[which], first, model->group[which].p, seen[which]);
            for (int k = 0; k < UMKM_LANES; ++k) seen[which].share[k] = share[(first + k) * groups + which];
        }
        const Outcome found =
            minimise(objective, origin, tolerance, limit, ~mask{}, live, behind(*model, objective.room));
        const lane far = objective.extent(live.x);
        for (int k = 0; k < UMKM_LANES; ++k) {
            const whole draw = first + k;
            for (whole i = 0; i < q; ++i)
                free[draw * q + i] = live.x[i][k], gradient[draw * q + i] = live.g[i][k];
            value[draw] = found.value[k], scaled[draw] = found.scaled[k], extent[draw] = far[k];
            end[draw] = found.end[k], rounds[draw] = found.rounds[k];
        }
    }
    return 0;
}
