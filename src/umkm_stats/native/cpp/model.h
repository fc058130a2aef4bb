// A structural model at the points of as many draws as a register holds: matrices, chain rule, expected
// information. The same formulas and names as kernels/sem/many/model.py:
//
//   Sigma = Lambda Phi Lambda' + Theta,  Phi = A Psi A',  A = (I - B)^-1,  mu = nu + Lambda eta,  eta = A alpha
//
// A (p, m) matrix that follows from Lambda is stored by columns, as (m, p): its rows are what loops run over.
#pragma once
#include "algebra.h"

enum Code { LAMBDA, BETA, PSI, THETA, NU, ALPHA };

// GroupPlan of kernels/sem/many/plan.py. loads: the elements of Lambda that are free or not 0.
struct Group {
    whole p, m, length, puts, cells, fixed, loads, has_beta, depth, diagonal, means;
    whole starts[6];
    const double* fixed_values;                                 // (length)
    const whole *put, *put_param;                               // (puts)
    const whole *code, *row, *col, *param, *u, *v, *mean_by;    // (cells)
    const double *half, *times;                                 // (cells)
    const whole *seen, *hidden;                                 // (fixed)
    const whole *load_row, *load_col;                           // (loads)
};

// Plan: parameter k = offset[k] + sum of by[i] free[direction[i]], i = start[k] ... start[k + 1] - 1.
struct Model {
    whole groups, q, parameters;
    const whole *start, *direction;
    const double *by, *offset;
    const Group* group;
};

// Hands out parts of the caller's memory, or only counts them (base null).
struct Room {
    lane* base;
    whole used;

    lane* take(whole count) {
        lane* out = base ? base + used : nullptr;
        used += count;
        return out;
    }
};

// The matrices of one group at one point, and room to work in.
struct Matrices {
    lane *flat, *a, *power, *psi, *phi, *alpha, *eta, *small;

    Matrices(const Group& g, Room& room)
        : flat(room.take(g.length)), a(room.take(g.m * g.m)), power(room.take(2 * g.m * g.m)), psi(nullptr),
          phi(room.take(g.m * g.m)), alpha(nullptr), eta(room.take(g.m)), small(room.take(g.m * g.m)) {}

    const lane* lambda() const { return flat; }
    lane load(const Group& g, whole k) const { return flat[g.load_row[k] * g.m + g.load_col[k]]; }
    lane theta(const Group& g, whole i) const { return flat[g.starts[THETA] + (g.diagonal ? i : i * g.p + i)]; }
};

// Fill the matrices from parameters; s (p, p) and mean (p) feed the exogenous observed block. Returns the lanes in
// which I - B can be inverted.
static inline mask fill(const Group& g, const lane* parameters, const lane* s, const lane* mean, Matrices& at) {
    const whole m = g.m;
    mask good = ~mask{};
    for (whole k = 0; k < g.length; ++k) at.flat[k] = all_lanes(g.fixed_values[k]);
    for (whole k = 0; k < g.puts; ++k) at.flat[g.put[k]] = parameters[g.put_param[k]];
    at.psi = at.flat + g.starts[PSI];
    at.alpha = at.flat + g.starts[ALPHA];
    for (whole r = 0; r < g.fixed; ++r) {
        for (whole c = 0; c < g.fixed; ++c)
            at.psi[g.hidden[r] * m + g.hidden[c]] = s[g.seen[r] * g.p + g.seen[c]];
        if (g.means) at.alpha[g.hidden[r]] = mean[g.seen[r]];
    }
    if (!g.has_beta) {
        for (whole k = 0; k < m * m; ++k) at.phi[k] = at.psi[k];
        for (whole k = 0; k < m; ++k) at.eta[k] = at.alpha[k];
        return good;
    }
    const lane* beta = at.flat + g.starts[BETA];
    if (g.depth < 0) {  // cyclic paths
        for (whole i = 0; i < m; ++i)
            for (whole c = 0; c < m; ++c) at.a[i * m + c] = (i == c ? 1.0 : 0.0) - beta[i * m + c];
        good = invert(at.a, at.power, m);
    } else {  // A = I + B + ... + B^depth
        lane *power = at.power, *next = at.power + m * m;
        for (whole k = 0; k < m * m; ++k) power[k] = at.a[k] = beta[k];
        for (whole i = 0; i < m; ++i) at.a[i * m + i] += 1.0;
        for (whole d = 1; d < g.depth; ++d) {
            product(next, power, m, 1, beta, m, m, m);
            for (whole k = 0; k < m * m; ++k) at.a[k] += next[k];
            lane* other = power;
            power = next, next = other;
        }
    }
    product(at.small, at.a, m, 1, at.psi, m, m, m);
    for (whole i = 0; i < m; ++i)
        for (whole c = 0; c <= i; ++c) {
            lane sum = all_lanes(0.0);
            for (whole k = 0; k < m; ++k) sum += at.small[i * m + k] * at.a[c * m + k];
            at.phi[i * m + c] = at.phi[c * m + i] = sum;
        }
    for (whole i = 0; i < m; ++i) {
        lane sum = all_lanes(0.0);
        for (whole k = 0; k < m; ++k) sum += at.a[i * m + k] * at.alpha[k];
        at.eta[i] = sum;
    }
    return good;
}

// Room of chain(): three (m, m) matrices and a row of m.
struct ChainRoom {
    lane *inner, *turned, *by_beta, *by_alpha;

    ChainRoom(const Group& g, Room& room)
        : inner(room.take(g.m * g.m)), turned(room.take(g.m * g.m)), by_beta(room.take(g.m * g.m)),
          by_alpha(room.take(2 * g.m)) {}
};

// Adds to gradient (q) the derivatives of a function of Sigma and mu times share. r_lam (m, p) = R Lambda with
// R = dF/dSigma; r_theta(i, j): an element of R where Theta has a free cell; g_mu (p) = dF/dmu or null.
template <typename Element>
static inline void chain(const Model& model, const Group& g, const Matrices& at, const lane* r_lam,
                         const Element& r_theta, const lane* g_mu, lane share, ChainRoom& room, lane* gradient) {
    const whole p = g.p, m = g.m;
    for (whole k = 0; k < m * m; ++k) room.inner[k] = all_lanes(0.0);
    for (whole k = 0; k < g.loads; ++k) {
        const lane load = at.load(g, k);
        for (whole c = 0; c < m; ++c) room.inner[g.load_col[k] * m + c] += load * r_lam[c * p + g.load_row[k]];
    }
    const lane* by_psi = room.inner;
    if (g.has_beta) {
        product(room.turned, at.a, 1, m, room.inner, m, m, m);   // A' Lambda' R Lambda
        product(room.by_beta, room.turned, m, 1, at.phi, m, m, m);
        product(room.inner, room.turned, m, 1, at.a, m, m, m);
    }
    if (g_mu) {
        lane* straight = room.by_alpha + m;
        for (whole c = 0; c < m; ++c) straight[c] = room.by_alpha[c] = all_lanes(0.0);
        for (whole k = 0; k < g.loads; ++k) straight[g.load_col[k]] += at.load(g, k) * g_mu[g.load_row[k]];
        for (whole c = 0; c < m; ++c)
            for (whole k = 0; k < m; ++k)
                room.by_alpha[c] += g.has_beta ? straight[k] * at.a[k * m + c] : (k == c ? straight[c] : all_lanes(0.0));
    }
    for (whole cell = 0; cell < g.cells; ++cell) {
        const whole i = g.row[cell], c = g.col[cell];
        lane value = all_lanes(0.0);
        switch (g.code[cell]) {
            case LAMBDA:
                for (whole k = 0; k < m; ++k) value += r_lam[k * p + i] * at.phi[k * m + c];
                value *= 2.0;
                if (g_mu) value += g_mu[i] * at.eta[c];
                break;
            case BETA:
                value = 2.0 * room.by_beta[i * m + c];
                if (g_mu) value += room.by_alpha[i] * at.eta[c];
                break;
            case PSI: value = by_psi[i * m + c] * g.times[cell]; break;
            case THETA: value = r_theta(i, c) * g.times[cell]; break;
            case NU: if (g_mu) value = g_mu[i]; break;
            default: if (g_mu) value = room.by_alpha[i];
        }
        value *= share;
        for (whole k = model.start[g.param[cell]]; k < model.start[g.param[cell] + 1]; ++k)
            gradient[model.direction[k]] += model.by[k] * value;
    }
}

// Room of information(): the gram matrix and two (m, m) matrices.
struct GramRoom {
    lane *gram, *middle, *part, *scale;

    GramRoom(const Group& g, Room& room)
        : gram(room.take((g.p + 2 * g.m) * (g.p + 2 * g.m))), middle(room.take(g.m * g.m)),
          part(room.take(g.m * g.p + g.m * g.m)), scale(room.take(g.cells)) {}
};

// gram (p + 2m, p + 2m) = F'WF with F = [I, Lambda A, Lambda Phi], from W in its first p rows and columns and
// w_lam (m, p) = W Lambda.
static inline void fill_gram(const Group& g, const Matrices& at, const lane* w_lam, GramRoom& room) {
    const whole p = g.p, m = g.m, n = p + 2 * m;
    for (whole k = 0; k < m * m; ++k) room.middle[k] = all_lanes(0.0);
    for (whole k = 0; k < g.loads; ++k) {
        const lane load = at.load(g, k);
        for (whole c = 0; c < m; ++c) room.middle[g.load_col[k] * m + c] += load * w_lam[c * p + g.load_row[k]];
    }
    lane* half = room.part + m * p;
    for (int which = 0; which < 2; ++which) {  // columns Lambda A, then Lambda Phi
        const lane* right = which ? at.phi : at.a;
        const whole at_column = p + which * m;
        if (which || g.has_beta)
            product(room.part, right, 1, m, w_lam, m, m, p);
        else
            for (whole k = 0; k < m * p; ++k) room.part[k] = w_lam[k];
        for (whole c = 0; c < m; ++c)
            for (whole i = 0; i < p; ++i)
                room.gram[i * n + at_column + c] = room.gram[(at_column + c) * n + i] = room.part[c * p + i];
        for (int other = 0; other <= which; ++other) {  // right' (Lambda' W Lambda) left
            const lane* left = other ? at.phi : at.a;
            if (which || g.has_beta)
                product(half, right, 1, m, room.middle, m, m, m);
            else
                for (whole k = 0; k < m * m; ++k) half[k] = room.middle[k];
            if (other || g.has_beta)
                product(room.part, half, m, 1, left, m, m, m);
            else
                for (whole k = 0; k < m * m; ++k) room.part[k] = half[k];
            for (whole i = 0; i < m; ++i)
                for (whole c = 0; c < m; ++c) {
                    const lane value = room.part[i * m + c];
                    room.gram[(at_column + i) * n + p + other * m + c] = value;
                    room.gram[(p + other * m + c) * n + at_column + i] = value;
                }
        }
    }
    for (whole cell = 0; cell < g.cells; ++cell) {
        const whole by = g.mean_by[cell];
        room.scale[cell] = by < 0 ? all_lanes(0.0) : by == m ? all_lanes(1.0) : at.eta[by];
    }
}

// Expected second derivative of F = log|Sigma| + tr(S Sigma^-1) for two free cells:
// 2 h h' [(u'Wu')(v'Wv') + (u'Wv')(v'Wu')] + 2 s s' u'Wu'.
static inline lane information(const Group& g, const GramRoom& room, whole r, whole c) {
    const whole n = g.p + 2 * g.m;
    const lane *by_u = room.gram + g.u[r] * n, *by_v = room.gram + g.v[r] * n;
    const lane first = by_u[g.u[c]];
    lane out = (2.0 * g.half[r] * g.half[c]) * (first * by_v[g.v[c]] + by_u[g.v[c]] * by_v[g.u[c]]);
    if (g.mean_by[r] >= 0 && g.mean_by[c] >= 0) out += 2.0 * first * room.scale[r] * room.scale[c];
    return out;
}

// Adds share times the information of a group to the lower triangle of out (q, q).
static inline void add_information(const Model& model, const Group& g, const GramRoom& room, lane share, lane* out) {
    const whole q = model.q;
    for (whole r = 0; r < g.cells; ++r)
        for (whole c = 0; c <= r; ++c) {
            const lane value = share * information(g, room, r, c);
            for (whole i = model.start[g.param[r]]; i < model.start[g.param[r] + 1]; ++i)
                for (whole k = model.start[g.param[c]]; k < (r == c ? i + 1 : model.start[g.param[c] + 1]); ++k) {
                    const whole a = model.direction[i], b = model.direction[k];
                    const lane added = (model.by[i] * model.by[k]) * value;
                    out[a > b ? a * q + b : b * q + a] += r != c && a == b ? 2.0 * added : added;
                }
        }
}

// Adds share times the diagonal, without the cross terms of shared parameters, to out (q).
static inline void add_curvature(const Model& model, const Group& g, const GramRoom& room, lane share, lane* out) {
    for (whole cell = 0; cell < g.cells; ++cell) {
        const lane value = share * information(g, room, cell, cell);
        for (whole i = model.start[g.param[cell]]; i < model.start[g.param[cell] + 1]; ++i)
            out[model.direction[i]] += (model.by[i] * model.by[i]) * value;
    }
}

static inline void parameters_of(const Model& model, const lane* free, lane* parameters) {
    for (whole k = 0; k < model.parameters; ++k) {
        lane sum = all_lanes(model.offset[k]);
        for (whole i = model.start[k]; i < model.start[k + 1]; ++i) sum += model.by[i] * free[model.direction[i]];
        parameters[k] = sum;
    }
}
