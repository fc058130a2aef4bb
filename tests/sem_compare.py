"""A frame of estimates held against the rows of a reference file."""


def found_row(found, entry, group_labels):
    frame = found
    rows = frame[(frame["op"] == entry["op"])]
    if entry["op"] == ":=":
        rows = rows[rows["lhs"] == entry["lhs"]]
    else:
        one = (rows["lhs"] == entry["lhs"]) & (rows["rhs"] == entry["rhs"])
        two = (rows["lhs"] == entry["rhs"]) & (rows["rhs"] == entry["lhs"])
        rows = rows[one | (two if entry["op"] == "~~" else False)]
        if entry.get("group", 1) > 0 and len(group_labels) > 1:
            rows = rows[rows["group"] == group_labels[entry["group"] - 1]]
    return None if rows.empty else rows.iloc[0]


def gaps(found, entries, group_labels, column="est"):
    """(largest difference of estimates in tolerances, largest relative difference of errors, missing)."""
    worst, errors, missing = (0.0, ""), (0.0, ""), []
    for entry in entries:
        if entry["op"] == "~*~" or entry.get(column) is None:
            continue
        row = found_row(found, entry, group_labels)
        if row is None:
            missing.append((entry["lhs"], entry["op"], entry["rhs"]))
            continue
        what = f"{entry['lhs']}{entry['op']}{entry['rhs']}"
        se = entry.get("se") or 0.0
        gap = abs(row["est"] - entry[column]) / max(1e-3 * se, 1e-5 * max(1.0, abs(entry[column])))
        worst = max(worst, (gap, what))
        if se > 1e-6:
            errors = max(errors, (abs(row["se"] - se) / se, what))
    return worst, errors, missing
