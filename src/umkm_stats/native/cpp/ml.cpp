// Maximum likelihood from moments: the objective of kernels/sem/many/ml.py, with its names.
//
//   F = sum_g w_g [log|Sigma| + tr(S* Sigma^-1) - log|S| - p],  S* = S + (m - mu)(m - mu)',  w_g = N_g / N
//
// Two ways to W = Sigma^-1. Woodbury serves draws whose Theta is diagonal and clearly positive and whose Phi is
// positive definite: with T = Theta^-1 Lambda, J = Lambda'T and Phi = LL',
//
//   W = Theta^-1 - T M T',  M = (I + Phi J)^-1 Phi = L K^-1 L',  K = I + L'JL,  log|Sigma| = log|Theta| + log|K|.
//
// Cholesky serves every other draw. Variances are never clipped: where Sigma is not positive definite F is infinite
// and the solver shortens its step.
#include "model.h"
#include "solve.h"

namespace {

const double WOODBURY_FLOOR = 1e-3;  // share of the observed variance that Theta must have

// Moments of the lanes of one group: s (p, p), mean (p), share.
struct Sample {
    lane *s, *mean, share;
};

// Room of one group at one point.
struct Point {
    Matrices at;
    ChainRoom chain_room;
    lane *inverse, *t, *j, *low, *low_turned, *k, *k_turned, *x, *middle, *tm, *keep, *w_lam, *st, *s_w_lam, *tst;
    lane *tq, *side, *r_lam, *r_diag, *d, *wd, *star, *sigma, *turned, *work, *w, *sw, *general_lam;
    mask fast, ok;
    lane logdet;

    Point(const Group& g, Room& room) : at(g, room), chain_room(g, room), fast(mask{}), ok(mask{}), logdet(all_lanes(0.0)) {
        const whole p = g.p, m = g.m;
        lane** small[] = {&j, &low, &k, &x, &middle, &keep, &tst, &tq};
        for (lane** entry : small) *entry = room.take(m * m);
        lane** tall[] = {&t, &tm, &w_lam, &st, &s_w_lam, &side, &r_lam, &general_lam};
        for (lane** entry : tall) *entry = room.take(m * p);
        lane** row[] = {&inverse, &r_diag, &d, &wd, &turned};
        for (lane** entry : row) *entry = room.take(p);
        lane** square[] = {&star, &sigma, &work, &w, &sw};
        for (lane** entry : square) *entry = room.take(p * p);
        low_turned = room.take(m), k_turned = room.take(m);
    }
};

void zero(lane* values, whole count) {
    for (whole k = 0; k < count; ++k) values[k] = all_lanes(0.0);
}

// Woodbury: T, J, M, TM and W Lambda (all but T by columns of Lambda), and log|Sigma|.
void woodbury(const Group& g, Point& here) {
    const whole p = g.p, m = g.m;
    LogSum log_theta, log_k;
    for (whole i = 0; i < p; ++i) {
        const lane theta = pick(here.fast, here.at.theta(g, i), all_lanes(1.0));
        here.inverse[i] = 1.0 / theta;
        log_theta.add(theta);
    }
    zero(here.t, m * p), zero(here.tm, m * p), zero(here.w_lam, m * p), zero(here.j, m * m);
    for (whole k = 0; k < g.loads; ++k) {
        const whole i = g.load_row[k], c = g.load_col[k];
        here.t[c * p + i] = here.at.load(g, k) * here.inverse[i];
    }
    for (whole k = 0; k < g.loads; ++k)
        for (whole c = 0; c < m; ++c)
            here.j[g.load_col[k] * m + c] += here.at.load(g, k) * here.t[c * p + g.load_row[k]];
    for (whole c = 0; c < m; ++c)  // J L, in x
        for (whole i = 0; i < m; ++i) {
            lane sum = all_lanes(0.0);
            for (whole b = c; b < m; ++b) sum += here.j[i * m + b] * here.low[b * m + c];
            here.x[i * m + c] = sum;
        }
    for (whole i = 0; i < m; ++i)  // K
        for (whole c = 0; c <= i; ++c) {
            lane sum = all_lanes(i == c ? 1.0 : 0.0);
            for (whole b = i; b < m; ++b) sum += here.low[b * m + i] * here.x[b * m + c];
            here.k[i * m + c] = sum;
        }
    cholesky(here.k, here.k_turned, m);
    for (whole i = 0; i < m; ++i) log_k.add(here.k[i * m + i]);
    for (whole i = 0; i < m; ++i) {  // the factor's inverse times a row of L: M = X X'
        for (whole b = 0; b < m; ++b) here.x[i * m + b] = b <= i ? here.low[i * m + b] : all_lanes(0.0);
        solve_forward(here.k, here.k_turned, here.x + i * m, m);
    }
    for (whole i = 0; i < m; ++i)
        for (whole c = 0; c <= i; ++c) {
            lane sum = all_lanes(0.0);
            for (whole b = 0; b < m; ++b) sum += here.x[i * m + b] * here.x[c * m + b];
            here.middle[i * m + c] = here.middle[c * m + i] = sum;
        }
    product(here.keep, here.middle, m, 1, here.j, m, m, m);
    for (whole i = 0; i < m; ++i)
        for (whole c = 0; c < m; ++c) here.keep[i * m + c] = (i == c ? 1.0 : 0.0) - here.keep[i * m + c];
    for (whole k = 0; k < g.loads; ++k) {
        const whole i = g.load_row[k], b = g.load_col[k];
        const lane t = here.t[b * p + i];
        for (whole c = 0; c < m; ++c) {
            here.tm[c * p + i] += here.middle[c * m + b] * t;
            here.w_lam[c * p + i] += here.keep[b * m + c] * t;
        }
    }
    here.logdet = log_theta.total() + 2.0 * log_k.total();
}

// Cholesky: W, and W Lambda in general_lam; log|Sigma| and ok of the lanes that are not fast.
void general(const Group& g, Point& here) {
    const whole p = g.p, m = g.m;
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
    const mask positive = cholesky(here.sigma, here.turned, p) > 0.0;
    LogSum logdet;
    for (whole i = 0; i < p; ++i) logdet.add(here.sigma[i * p + i]);
    inverse_of(here.sigma, here.turned, here.work, here.w, p);
    zero(here.general_lam, m * p);
    for (whole k = 0; k < g.loads; ++k) {
        const lane load = here.at.load(g, k);
        for (whole i = 0; i < p; ++i)
            here.general_lam[g.load_col[k] * p + i] += load * here.w[g.load_row[k] * p + i];
    }
    const lane half = logdet.total();
    here.ok &= here.fast | (positive & (absolute(half) < 1e300));
    here.logdet = pick(here.fast, here.logdet, 2.0 * half);
}

// Matrices and W at the parameters.
void prepare(const Group& g, const lane* parameters, const Sample& sample, mask active, Point& here) {
    here.ok = fill(g, parameters, sample.s, sample.mean, here.at);
    here.fast = mask{};
    if (g.diagonal) {
        for (whole k = 0; k < g.m * g.m; ++k) here.low[k] = here.at.phi[k];
        here.fast = cholesky(here.low, here.low_turned, g.m) > 1e-10;
        for (whole i = 0; i < g.p; ++i)
            here.fast &= here.at.theta(g, i) > WOODBURY_FLOOR * sample.s[i * g.p + i];
    }
    if (any(here.fast)) woodbury(g, here);
    here.fast |= ~active;
    if (!every(here.fast)) general(g, here);
}

struct Ml {
    const Model& model;
    whole q;
    const Sample* samples;
    lane constant, *parameters;
    Room room;  // of one group at a time

    Ml(const Model& given, const Sample* moments, Room& rest)
        : model(given), q(given.q), samples(moments), constant(all_lanes(0.0)), parameters(rest.take(given.parameters)),
          room(rest) {}

    lane value(const lane* free, mask active, lane* gradient);
    void information(const lane* free, mask active, lane* out) { weigh(free, active, out, true); }
    void curvature(const lane* free, mask active, lane* out) { weigh(free, active, out, false); }
    lane extent(const lane* free);

  private:
    lane group_value(const Group& g, const Sample& sample, mask active, lane* gradient);
    void weigh(const lane* free, mask active, lane* out, bool whole_matrix);
};

lane Ml::value(const lane* free, mask active, lane* gradient) {
    lane total = constant;
    zero(gradient, q);
    parameters_of(model, free, parameters);
    for (whole which = 0; which < model.groups; ++which)
        total += samples[which].share * group_value(model.group[which], samples[which], active, gradient);
    return total;
}

lane Ml::group_value(const Group& g, const Sample& sample, mask active, lane* gradient) {
    const whole p = g.p, m = g.m;
    Room rest = room;
    Point here(g, rest);
    prepare(g, parameters, sample, active, here);
    const bool some_fast = any(here.fast & active), some_general = !every(here.fast);
    const lane* s = sample.s;
    if (g.means) {  // d = mean - mu, S* = S + dd'
        for (whole i = 0; i < p; ++i) here.d[i] = sample.mean[i] - here.at.flat[g.starts[NU] + i];
        for (whole k = 0; k < g.loads; ++k) here.d[g.load_row[k]] -= here.at.load(g, k) * here.at.eta[g.load_col[k]];
        for (whole i = 0; i < p; ++i)
            for (whole c = 0; c < p; ++c) here.star[i * p + c] = s[i * p + c] + here.d[i] * here.d[c];
        s = here.star;
    }
    lane value = here.logdet;
    zero(here.r_diag, p), zero(here.r_lam, m * p);
    if (some_fast) {  // R = W - WSW
        zero(here.st, m * p), zero(here.tst, m * m), zero(here.tq, m * m);
        for (whole k = 0; k < g.loads; ++k) {
            const whole i = g.load_row[k], c = g.load_col[k];
            const lane t = here.t[c * p + i];
            for (whole b = 0; b < p; ++b) here.st[c * p + b] += s[i * p + b] * t;
        }
        product(here.s_w_lam, here.keep, 1, m, here.st, m, m, p);
        for (whole k = 0; k < g.loads; ++k) {
            const whole i = g.load_row[k], b = g.load_col[k];
            const lane t = here.t[b * p + i];
            for (whole c = 0; c < m; ++c) {
                here.tst[b * m + c] += t * here.st[c * p + i];
                here.tq[b * m + c] += t * here.s_w_lam[c * p + i];
            }
        }
        product(here.side, here.tq, 1, m, here.tm, m, m, p);
        for (whole c = 0; c < m; ++c)
            for (whole i = 0; i < p; ++i) {
                const whole k = c * p + i;
                here.r_lam[k] = here.w_lam[k] - (here.s_w_lam[k] * here.inverse[i] - here.side[k]);
            }
        product(here.side, here.tst, m, 1, here.tm, m, m, p);
        lane trace = all_lanes(0.0);
        for (whole i = 0; i < p; ++i) {
            lane w_diag = here.inverse[i], cross = all_lanes(0.0), quad = cross;
            for (whole c = 0; c < m; ++c) {
                const whole k = c * p + i;
                w_diag -= here.tm[k] * here.t[k], cross += here.tm[k] * here.st[k], quad += here.side[k] * here.tm[k];
            }
            const lane own = s[i * p + i];
            const lane wsw = here.inverse[i] * (here.inverse[i] * own - 2.0 * cross) + quad;
            here.r_diag[i] = w_diag - wsw;
            trace += own * here.inverse[i];
        }
        for (whole k = 0; k < m * m; ++k) trace -= here.middle[k] * here.tst[k];
        value += pick(here.fast, trace, all_lanes(0.0));
    }
    if (some_general) {
        product(here.sw, s, p, 1, here.w, p, p, p);
        product(here.side, here.general_lam, p, 1, here.sw, m, p, p);
        lane trace = all_lanes(0.0);
        for (whole i = 0; i < p; ++i) trace += here.sw[i * p + i];
        for (whole k = 0; k < m * p; ++k)
            here.r_lam[k] = pick(here.fast, here.r_lam[k], here.general_lam[k] - here.side[k]);
        value += pick(here.fast, all_lanes(0.0), trace);
    }
    if (g.means) {  // -2 W d
        lane* inner = here.tst;
        for (whole c = 0; some_fast && c < m; ++c) {
            inner[c] = all_lanes(0.0);
            for (whole i = 0; i < p; ++i) inner[c] += here.t[c * p + i] * here.d[i];
        }
        for (whole i = 0; i < p; ++i) {
            lane quick = all_lanes(0.0), slow = quick;
            if (some_fast) {
                quick = here.inverse[i] * here.d[i];
                for (whole c = 0; c < m; ++c) quick -= here.tm[c * p + i] * inner[c];
            }
            for (whole c = 0; some_general && c < p; ++c) slow += here.w[i * p + c] * here.d[c];
            here.wd[i] = -2.0 * pick(here.fast, quick, slow);
        }
    }
    const auto r_theta = [&](whole i, whole c) {
        if (!some_general) return here.r_diag[i];
        lane value = here.w[i * p + c];
        for (whole k = 0; k < p; ++k) value -= here.w[i * p + k] * here.sw[k * p + c];
        return pick(here.fast, here.r_diag[i], value);
    };
    chain(model, g, here.at, here.r_lam, r_theta, g.means ? here.wd : nullptr, sample.share, here.chain_room, gradient);
    return pick(here.ok, value, all_lanes(HUGE_VAL));
}

// The information (lower triangle) or its diagonal, over the groups.
void Ml::weigh(const lane* free, mask active, lane* out, bool whole_matrix) {
    zero(out, whole_matrix ? q * q : q);
    parameters_of(model, free, parameters);
    for (whole which = 0; which < model.groups; ++which) {
        const Group& g = model.group[which];
        const whole p = g.p, n = g.p + 2 * g.m;
        Room rest = room;
        Point here(g, rest);
        GramRoom gram_room(g, rest);
        prepare(g, parameters, samples[which], active, here);
        const bool some_general = !every(here.fast), some_fast = any(here.fast & active);
        lane* gram = gram_room.gram;
        for (whole i = 0; i < p; ++i) {
            for (whole c = 0; c < p; ++c) gram[i * n + c] = all_lanes(0.0);
            if (some_fast) gram[i * n + i] = here.inverse[i];
        }
        for (whole k = 0; some_fast && k < g.loads; ++k) {
            const whole i = g.load_row[k], c = g.load_col[k];
            const lane t = here.t[c * p + i];
            for (whole b = 0; b < p; ++b) gram[i * n + b] -= t * here.tm[c * p + b];
        }
        if (some_general) {
            for (whole i = 0; i < p; ++i)
                for (whole c = 0; c < p; ++c) gram[i * n + c] = pick(here.fast, gram[i * n + c], here.w[i * p + c]);
            for (whole k = 0; k < g.m * p; ++k)
                here.w_lam[k] = some_fast ? pick(here.fast, here.w_lam[k], here.general_lam[k]) : here.general_lam[k];
        }
        fill_gram(g, here.at, here.w_lam, gram_room);
        if (whole_matrix)
            add_information(model, g, gram_room, samples[which].share, out);
        else
            add_curvature(model, g, gram_room, samples[which].share, out);
    }
}

// Largest residual variance, without sign, in units of the observed one.
lane Ml::extent(const lane* free) {
    lane out = all_lanes(0.0);
    parameters_of(model, free, parameters);
    for (whole which = 0; which < model.groups; ++which) {
        const Group& g = model.group[which];
        Room rest = room;
        Matrices at(g, rest);
        fill(g, parameters, samples[which].s, samples[which].mean, at);
        for (whole i = 0; i < g.p; ++i)
            out = larger(out, absolute(at.theta(g, i)) / samples[which].s[i * g.p + i]);
    }
    return out;
}

// The sample of a register of draws, and all the room they need (counted only when room.base is null).
Room laid_out(const Model& model, Sample* samples, Room& room) {
    for (whole which = 0; which < model.groups; ++which) {
        const whole p = model.group[which].p;
        lane* s = room.take(p * p);
        lane* mean = room.take(p);
        if (samples) samples[which].s = s, samples[which].mean = mean;
    }
    return room;
}

const int GROUPS = 64;  // groups of a model that are served

}  // namespace

UMKM_ENTRY int64_t umkm_ml_groups(void) { return GROUPS; }

// Doubles of working memory that umkm_ml_draws needs for this model.
UMKM_ENTRY int64_t umkm_ml_room(const Model* model) {
    Room room = {nullptr, 0};
    laid_out(*model, nullptr, room);
    Live live(model->q, room);
    room.take(model->parameters);
    Room most = room;
    for (whole which = 0; which < model->groups; ++which) {
        Room here = room;
        Point point(model->group[which], here);
        GramRoom gram(model->group[which], here);
        if (here.used > most.used) most = here;
    }
    Memory memory(model->q, most);
    most.take(4 * model->q + model->q * model->q + model->q);
    return most.used * UMKM_LANES;
}

// Re-estimate `draws` draws from their moments: cov[g] (draws, p, p), mean[g] (draws, p), share (draws, groups).
// origin_inverse may be null: then origin_free holds (draws, q) starts (see Origin). Out: free and gradient (draws, q), value, scaled, extent (draws), end (see End) and rounds (draws).
UMKM_ENTRY int64_t umkm_ml_draws(const Model* model, int64_t draws, const double* const* cov,
                                      const double* const* mean, const double* share, const double* origin_free,
                                      const double* origin_inverse, const double* origin_curvature,
                                      double tolerance, int64_t limit, double* memory, double* free,
                                      double* gradient, double* value, double* scaled, double* extent,
                                      int64_t* end, int64_t* rounds) {
    const whole q = model->q, groups = model->groups;
    if (groups > GROUPS) return 1;
    for (whole first = 0; first < draws; first += UMKM_LANES) {
        const Origin origin = {origin_free, origin_inverse, origin_curvature, first, draws - 1};
        Sample samples[GROUPS];
        Room room = {(lane*)memory, 0};
        laid_out(*model, samples, room);
        Live live(q, room);
        Ml objective(*model, samples, room);
        mask active = mask{};
        for (int k = 0; k < UMKM_LANES; ++k) active[k] = first + k < draws ? -1 : 0;
        mask usable = active;
        Room own = objective.room;
        Point scratch(model->group[0], own);
        for (whole which = 0; which < groups; ++which) {
            const whole p = model->group[which].p;
            lane *s = samples[which].s, *level = samples[which].mean;
            for (int k = 0; k < UMKM_LANES; ++k) {
                const whole draw = first + k < draws ? first + k : draws - 1;  // a lane too many repeats the last
                const double* from = cov[which] + draw * p * p;
                for (whole i = 0; i < p * p; ++i) s[i][k] = from[i];
                for (whole i = 0; i < p; ++i) level[i][k] = mean[which][draw * p + i];
                samples[which].share[k] = share[draw * groups + which];
            }
            for (whole i = 0; i < p * p; ++i) scratch.star[i] = s[i];
            usable &= cholesky(scratch.star, scratch.turned, p) > 1e-10;
            LogSum logdet;
            for (whole i = 0; i < p; ++i) logdet.add(scratch.star[i * p + i]);
            objective.constant -= samples[which].share * (2.0 * logdet.total() + (double)p);
        }
        Room most = objective.room;
        for (whole which = 0; which < groups; ++which) {
            Room here = objective.room;
            Point point(model->group[which], here);
            GramRoom gram(model->group[which], here);
            if (here.used > most.used) most = here;
        }
        const Outcome found = minimise(objective, origin, tolerance, limit, usable, live, most);
        const lane far = objective.extent(live.x);
        for (int k = 0; k < UMKM_LANES && first + k < draws; ++k) {
            const whole draw = first + k;
            for (whole i = 0; i < q; ++i)
                free[draw * q + i] = live.x[i][k], gradient[draw * q + i] = live.g[i][k];
            value[draw] = found.value[k], scaled[draw] = found.scaled[k], extent[draw] = far[k];
            end[draw] = usable[k] ? found.end[k] : COVARIANCE, rounds[draw] = found.rounds[k];
        }
    }
    return 0;
}
