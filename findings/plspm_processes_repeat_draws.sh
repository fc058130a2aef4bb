#!/usr/bin/env bash
# Bootstrap standard errors of a PLS path model in plspm, with the default of two processes.
#
# Versions: plspm 0.5.7, numpy 2.2.6, pandas 2.3.3, scikit-learn 1.6.1.
# Behaviour: the workers are forked with one and the same state of numpy's generator and draw the same resamples:
# 32 draws by two are 16 draws, each counted twice (where workers are forked: Linux, Python up to 3.13). With k
# processes the number of draws that a paper would report is k times the number of different ones. One process
# is free of it.
# Output seen:
#   16 draws, 1 process(es): mean 0.386350, std.error 0.072699
#   32 draws, 2 process(es): mean 0.386350, std.error 0.071517
#   32 draws, 1 process(es): mean 0.406085, std.error 0.062582
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check plspm==0.5.7 numpy==2.2.6 pandas==2.3.3 scipy==1.15.3 scikit-learn==1.6.1 statsmodels==0.14.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import multiprocessing

import numpy as np
import pandas as pd
import plspm.config as c
from plspm.mode import Mode
from plspm.plspm import Plspm
from plspm.scheme import Scheme

multiprocessing.set_start_method("fork")
rng = np.random.default_rng(4)
f = rng.normal(size=150)
g = 0.5 * f + rng.normal(size=150)
data = pd.DataFrame({f"{name}{i}": lv + rng.normal(size=150) for name, lv in (("x", f), ("y", g)) for i in range(3)})


def bootstrap(draws, processes):
    structure = c.Structure()
    structure.add_path(["F"], ["G"])
    config = c.Config(structure.path(), scaled=True)
    config.add_lv_with_columns_named("F", Mode.A, data, "x")
    config.add_lv_with_columns_named("G", Mode.A, data, "y")
    np.random.seed(1)
    how = {"bootstrap": True, "bootstrap_iterations": draws, "processes": processes}
    made = Plspm(data, config, Scheme.PATH, **how).bootstrap().paths().iloc[0]
    print(f"{draws} draws, {processes} process(es): mean {made['mean']:.6f}, std.error {made['std.error']:.6f}")
    return float(made["mean"]), float(made["std.error"])


half, doubled, true = bootstrap(16, 1), bootstrap(32, 2), bootstrap(32, 1)
assert abs(half[0] - doubled[0]) < 1e-12 and abs(half[0] - true[0]) > 1e-4
assert abs(half[1] - doubled[1] * (31 / 30) ** 0.5) < 1e-9
PY
