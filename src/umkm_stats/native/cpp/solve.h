// Minimise one discrepancy for as many draws as a register holds: quick steps with the sample's second
// derivatives, then with every draw's own information, which is also its certificate. What ends here is
// CONVERGED; everything else goes to the slower ways of kernels/sem/many/solve.py.
//
// A lane never looks at its neighbours: it rests when it has arrived, and what it does next depends on its own
// numbers and on how many evaluations it has had. So a draw has the same bits beside any other draws.
#pragma once
#include "algebra.h"

const whole CONVERGED = 0, SLOW = 1, FLAT = 2, COVARIANCE = 4;  // ends of a draw; 3 is kernels/.../solve.py's own

const int MEMORY = 10;           // pairs of step and change of gradient
const whole ROUGH_TURNS = 12;    // evaluations with the sample's second derivatives
const whole OWN_TURNS = 12;      // evaluations with one information of the draw's own
const double ROUGH = 1e-3;       // scaled gradient at which a draw gets its own information
const double ARRIVED = 0.05;     // share of the tolerance at which a search stops, one step before its end
const double PIVOT = 1e-10;      // least relative pivot of the information
const double CLEAR = 1e-6;       // least pivot that holds for the neighbourhood of a rough solution as well

// Where the draws start. Together: free (q), inverse (q, q) second derivatives, curvature (q) of the analysed sample.
// Apart, without an inverse: free (draws, q), each lane from the place of its draw, with its own information at once.
struct Origin {
    const double *free, *inverse, *curvature;
    whole first, last;  // the draw of the first lane, and the last of all draws

    bool apart() const { return inverse == nullptr; }
    double at(whole k, whole q, int lane_number) const {
        if (!apart()) return free[k];
        const whole draw = first + lane_number < last ? first + lane_number : last;
        return free[draw * q + k];
    }
};

// Limited-memory BFGS (Nocedal 1980, https://doi.org/10.1090/S0025-5718-1980-0572855-7): the pairs of each lane; a
// pair of weight 0 counts for nothing.
struct Memory {
    whole q, held, next;
    lane *steps, *changes, weights[MEMORY];

    Memory(whole size, Room& room)
        : q(size), held(0), next(0), steps(room.take(MEMORY * size)), changes(room.take(MEMORY * size)) {}

    void add(const lane* step, const lane* change, mask accepted) {
        lane inner = all_lanes(0.0), one = inner, two = inner;
        for (whole k = 0; k < q; ++k) {
            steps[next * q + k] = step[k], changes[next * q + k] = change[k];
            inner += step[k] * change[k], one += step[k] * step[k], two += change[k] * change[k];
        }
        const mask good = accepted & (inner > 1e-9 * root(one * two));
        weights[next] = pick(good, 1.0 / pick(good, inner, all_lanes(1.0)), all_lanes(0.0));
        next = (next + 1) % MEMORY;
        held = held < MEMORY ? held + 1 : MEMORY;
    }

    // v := the direction from v = gradient; base(v) multiplies by the inverse of the base in place, with a minus.
    template <typename Base>
    void turn(lane* v, const Base& base) const {
        lane alpha[MEMORY];
        for (whole age = 1; age <= held; ++age) {
            const whole at = (next - age + MEMORY) % MEMORY;
            lane sum = all_lanes(0.0);
            for (whole k = 0; k < q; ++k) sum += steps[at * q + k] * v[k];
            alpha[at] = weights[at] * sum;
            for (whole k = 0; k < q; ++k) v[k] -= alpha[at] * changes[at * q + k];
        }
        base(v);
        for (whole age = held; age >= 1; --age) {
            const whole at = (next - age + MEMORY) % MEMORY;
            lane sum = all_lanes(0.0);
            for (whole k = 0; k < q; ++k) sum += changes[at * q + k] * v[k];
            const lane by = alpha[at] + weights[at] * sum;
            for (whole k = 0; k < q; ++k) v[k] -= by * steps[at * q + k];
        }
    }
};

// The draws that move: place x, F, gradient g, direction d, step length t, curvature of the free directions.
struct Live {
    whole q;
    lane *x, *g, *d, *curve, *trial, *fresh, *step, *change, *held;
    lane f, t;

    Live(whole size, Room& room)
        : q(size), x(room.take(size)), g(room.take(size)), d(room.take(size)), curve(room.take(size)),
          trial(room.take(size)), fresh(room.take(size)), step(room.take(size)), change(room.take(size)),
          held(room.take(size)), f(all_lanes(0.0)), t(all_lanes(1.0)) {}

    // One step of the moving lanes. It is taken when F falls enough (Armijo), otherwise its length is quartered.
    template <typename Objective>
    mask move(Objective& objective, mask moving) {
        for (whole k = 0; k < q; ++k) trial[k] = pick(moving, x[k] + t * d[k], x[k]);
        const lane f_new = objective.value(trial, moving, fresh);
        lane slope = all_lanes(0.0);
        for (whole k = 0; k < q; ++k) slope += g[k] * d[k];
        const mask accepted = moving & (f_new <= f + 1e-4 * t * slope + 1e-11 * (1.0 + absolute(f)));
        for (whole k = 0; k < q; ++k) {
            step[k] = pick(accepted, trial[k] - x[k], all_lanes(0.0));
            change[k] = pick(accepted, fresh[k] - g[k], all_lanes(0.0));
            x[k] = pick(accepted, trial[k], x[k]);
            g[k] = pick(accepted, fresh[k], g[k]);
        }
        f = pick(accepted, f_new, f);
        t = pick(accepted, all_lanes(1.0), pick(moving, 0.25 * t, t));
        return accepted;
    }

    // One step more, not evaluated: the gradient stays that before it, a bound of what is left.
    void go_on(mask arrived) {
        for (whole k = 0; k < q; ++k) x[k] += pick(arrived, d[k], all_lanes(0.0));
    }

    // Largest element of the gradient in units of its curvature.
    lane size() const {
        lane out = all_lanes(0.0);
        for (whole k = 0; k < q; ++k) out = larger(out, g[k] * g[k] / curve[k]);
        return root(out);
    }

    // New directions where the step was taken; plain ones where the memory points uphill.
    template <typename Base>
    void turn(const Memory& memory, const Base& base, mask accepted) {
        for (whole k = 0; k < q; ++k) held[k] = g[k];
        memory.turn(held, base);
        lane along = all_lanes(0.0);
        for (whole k = 0; k < q; ++k) along += held[k] * g[k];
        const mask uphill = ~(along < 0.0);
        if (any(uphill & accepted)) {
            for (whole k = 0; k < q; ++k) change[k] = g[k];
            base(change);
            for (whole k = 0; k < q; ++k) held[k] = pick(uphill, change[k], held[k]);
        }
        for (whole k = 0; k < q; ++k) d[k] = pick(accepted, held[k], d[k]);
    }
};

// v := -scale inverse (scale v), with the sample's inverse, shared by all lanes; without one -v / curvature.
struct SharedBase {
    whole q;
    const double* inverse;
    const lane *scale, *curve;
    lane* work;

    void operator()(lane* v) const {
        if (!inverse) {
            for (whole k = 0; k < q; ++k) v[k] = -v[k] / curve[k];
            return;
        }
        for (whole k = 0; k < q; ++k) work[k] = v[k] * scale[k];
        whole i = 0;
        for (; i + 4 <= q; i += 4) {
            lane s0 = all_lanes(0.0), s1 = s0, s2 = s0, s3 = s0;
            for (whole k = 0; k < q; ++k) {
                const double* row = inverse + k * q + i;
                const lane w = work[k];
                s0 += row[0] * w, s1 += row[1] * w, s2 += row[2] * w, s3 += row[3] * w;
            }
            v[i] = -s0 * scale[i], v[i + 1] = -s1 * scale[i + 1];
            v[i + 2] = -s2 * scale[i + 2], v[i + 3] = -s3 * scale[i + 3];
        }
        for (; i < q; ++i) {
            lane sum = all_lanes(0.0);
            for (whole k = 0; k < q; ++k) sum += inverse[k * q + i] * work[k];
            v[i] = -sum * scale[i];
        }
    }
};

// v := -H^-1 v by the factor of the draw's own information; the shared inverse where it has none.
struct OwnBase {
    whole q;
    const lane *factor, *turned;
    mask own;
    SharedBase other;
    lane* spare;

    void operator()(lane* v) const {
        const bool mixed = !every(own);
        for (whole k = 0; mixed && k < q; ++k) spare[k] = v[k];
        solve_forward(factor, turned, v, q);
        solve_back(factor, turned, v, q);
        for (whole k = 0; k < q; ++k) v[k] = -v[k];
        if (!mixed) return;
        other(spare);
        for (whole k = 0; k < q; ++k) v[k] = pick(own, v[k], spare[k]);
    }
};

// What became of the lanes: F, scaled gradient, End and evaluations.
struct Outcome {
    lane value, scaled;
    mask end, rounds;
};

// Minimise from the origin, the active lanes only; the result stands in live.x and live.g. An Objective has
// q, value(x, active, gradient), information(x, active, H) and curvature(x, active, out).
template <typename Objective>
static inline Outcome minimise(Objective& objective, const Origin& origin, double tolerance, whole limit, mask active,
                               Live& live, Room room) {
    const whole q = objective.q;
    const lane none = all_lanes(0.0), tiny = all_lanes(1e-300);
    Memory memory(q, room);
    lane *scale = room.take(q), *work = room.take(q), *spare = room.take(q), *turned = room.take(q);
    lane* factor = room.take(q * q);
    const SharedBase shared = {q, origin.inverse, scale, live.curve, work};
    Outcome out = {none, none, mask{} + SLOW, mask{}};
    for (whole k = 0; k < q; ++k) {
        for (int n = 0; n < UMKM_LANES; ++n) live.x[k][n] = origin.at(k, q, n);
        live.curve[k] = all_lanes(origin.apart() ? 1.0 : origin.curvature[k]);
        scale[k] = all_lanes(1.0);
    }
    live.f = objective.value(live.x, active, live.g);
    live.t = all_lanes(1.0);
    live.turn(memory, shared, active);
    const whole rough = origin.apart() ? 0 : ROUGH_TURNS;
    mask moving = active & ~(live.size() < ROUGH);
    for (whole turn = 1; turn <= rough && any(moving); ++turn) {
        const mask accepted = live.move(objective, moving);
        out.rounds -= moving;
        if (turn == 1) {
            objective.curvature(live.x, moving, work);
            for (whole k = 0; k < q; ++k) {
                live.curve[k] = larger(work[k], tiny);
                scale[k] = root(origin.curvature[k] / live.curve[k]);
            }
        } else {
            memory.add(live.step, live.change, accepted);
        }
        moving &= ~(live.size() < ROUGH);
        if (any(moving)) live.turn(memory, shared, accepted & moving);
    }
    moving = active;
    mask unchecked = mask{};
    for (whole done = rough; done < limit && any(moving); done += OWN_TURNS) {
        objective.information(live.x, moving, factor);
        for (whole k = 0; k < q; ++k) live.curve[k] = pick(moving, larger(factor[k * q + k], tiny), live.curve[k]);
        const lane least = cholesky(factor, turned, q);
        const lane here = live.size();
        memory.held = 0;  // the pairs of the rough steps: how many there are depends on the neighbours
        const OwnBase own = {q, factor, turned, least > PIVOT, shared, spare};
        const mask sound = least > CLEAR, near = here < ROUGH, there = moving & (here < ARRIVED * tolerance);
        out.end = pick(there, FLAT, out.end);
        out.end = pick(there & (least > PIVOT), CONVERGED, out.end);
        moving &= ~there;
        live.t = all_lanes(1.0);
        const bool last = done + OWN_TURNS >= limit;
        if (any(moving)) live.turn(memory, own, moving);
        for (whole turn = 1; turn <= OWN_TURNS && any(moving); ++turn) {
            const mask accepted = live.move(objective, moving);
            out.rounds -= moving;
            memory.add(live.step, live.change, accepted);
            const mask arrived = moving & (live.size() < (last && turn == OWN_TURNS ? tolerance : ARRIVED * tolerance));
            out.end = pick(arrived & sound & near, CONVERGED, out.end);
            unchecked |= arrived & ~(sound & near);
            live.turn(memory, own, accepted & moving);
            live.go_on(accepted & arrived);
            moving &= ~arrived;
        }
    }
    if (any(unchecked)) {
        objective.information(live.x, unchecked, factor);
        for (whole k = 0; k < q; ++k) live.curve[k] = pick(unchecked, larger(factor[k * q + k], tiny), live.curve[k]);
        const mask sound = cholesky(factor, turned, q) > PIVOT;
        const mask small = live.size() < tolerance;
        out.end = pick(unchecked & sound & small, CONVERGED, out.end);
        out.end = pick(unchecked & ~sound & small, FLAT, out.end);
    }
    out.value = live.f;
    out.scaled = live.size();
    return out;
}
