"""Tables of a fitted model as the plain dictionaries the reference files hold."""


def flat(nested):
    return {(outer, inner): value for outer, own in nested.items() for inner, value in own.items()}


def arrows(frame, value):
    return {
        f"{rhs}->{lhs}": number
        for lhs, rhs, number in zip(frame["lhs"], frame["rhs"], frame[value], strict=True)
    }


def tables(model):
    """Everything a reference file may name, under its names."""
    loadings, quality, pairs = model.loadings, model.quality.set_index("construct"), model.htmt
    inner, outer = (model.vif[model.vif["kind"] == kind] for kind in ("inner", "outer"))
    effects = dict(iter(model.effects.groupby("effect")))
    out = {
        "paths": arrows(model.paths, "est"),
        "weights": dict(
            zip(zip(loadings.construct, loadings.item, strict=True), loadings.weight, strict=True)
        ),
        "loadings": dict(zip(zip(loadings.construct, loadings.item, strict=True), loadings.est, strict=True)),
        "cross_loadings": model.cross_loadings.stack().to_dict(),
        "construct_correlations": model.correlations.stack().to_dict(),
        "r2": dict(zip(model.r2.construct, model.r2.r2, strict=True)),
        "r2_adj": dict(zip(model.r2.construct, model.r2.r2_adj, strict=True)),
        "f2": arrows(model.f2, "f2"),
        "inner_vif": {
            f"{a}->{b}": v for a, b, v in zip(inner["name"], inner["construct"], inner["vif"], strict=True)
        },
        "outer_vif": {
            (a, b): v for a, b, v in zip(outer["construct"], outer["name"], outer["vif"], strict=True)
        },
        "quality": quality.dropna().stack().to_dict(),
        "total_effects": arrows(effects["total"], "est"),
        "fit_within_factor": fit_table(model, "factor"),
        "fit_within_composite": fit_table(model, "composite"),
    }
    if "total_indirect" in effects:
        out["total_indirect"] = arrows(effects["total_indirect"], "est")
    for name, column in (("htmt", "htmt"), ("htmt+", "htmt_plus"), ("htmt2", "htmt2")):
        names = [tuple(sorted(pair)) for pair in zip(pairs.construct, pairs.other, strict=True)]
        out[name] = dict(zip(names, pairs[column], strict=True))
    return out


def fit_table(model, blocks):
    names = ["srmr", "d_uls", "d_g", "d_g_log10", "chi2", "nfi"]
    reset = model.fit_of(blocks=blocks).set_index("model")[names]
    unit = model.fit_of(blocks=blocks, variances="unit").set_index("model")[names]
    found = {kind: reset.loc[kind].to_dict() for kind in ("saturated", "estimated")}
    return flat({**found, "estimated_unit": unit.loc["estimated"].to_dict()})


NESTED = ("weights", "loadings", "cross_loadings", "construct_correlations", "outer_vif", "quality")
PAIRS = ("htmt", "htmt+", "htmt2")


def expected(name, value):
    """A part of a reference file under the keys of :func:`tables`."""
    if name in NESTED or name.startswith("fit_within"):
        return flat(value)
    if name in PAIRS:
        return {tuple(sorted(key.split("->"))): number for key, number in value.items()}
    return {key.replace("*", ":"): number for key, number in value.items()}
