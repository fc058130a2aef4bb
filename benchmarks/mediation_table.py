"""The coverage tables in Markdown, from the files that mediation_coverage.py writes.

python benchmarks/mediation_table.py benchmarks/mediation_coverage.csv > benchmarks/mediation_coverage.md
"""

from __future__ import annotations

import sys

import pandas as pd

PUBLISHED = {
    (0.39, 0.39): {"percentile": 78, "bc": 71, "joint": 74, "delta": 90},
    (0.14, 0.14): {"percentile": 558, "bc": 462, "joint": 530, "delta": 667},
}


def published(path: str) -> None:
    """Print the power of each method at its printed sample size; .80 is what was printed."""
    data = pd.read_csv(path)
    print("\n### Power where Fritz and MacKinnon (2007) print .80\n")
    print("| a = b | method | printed N | power here | three Monte Carlo SEs |\n|---|---|---|---|---|")
    for (a, b), needed in PUBLISHED.items():
        for method, n in needed.items():
            rows = data[(data["n"] == n) & (data["a"] == a) & (data["b"] == b) & (data["method"] == method)]
            row = rows.iloc[0]
            print(f"| {a:.2f} | {method} | {n} | {row['reject']:.3f} | {row['three_se_of_reject']:.3f} |")


def main() -> None:
    """Print a table of coverage and one of rejection rates: rows n, a, b; columns methods."""
    data = pd.read_csv(sys.argv[1])
    reps = int(data["reps"].iloc[0])
    print(f"Repetitions {reps}; three Monte Carlo SEs are {3 * (0.05 * 0.95 / reps) ** 0.5:.3f} at .05 and")
    print(
        f"{3 * (0.25 / reps) ** 0.5:.3f} at .50. Where a·b = 0 the rejection rate is the Type I error, "
        f"elsewhere the power."
    )
    for column, title in (
        ("coverage", "Coverage of the 95 % interval"),
        ("reject", "Share of intervals without 0"),
    ):
        table = data.pivot_table(index=["n", "a", "b"], columns="method", values=column, sort=False)
        table = table.dropna(axis=1, how="all").reset_index()
        print(f"\n### {title}\n")
        print("| " + " | ".join(map(str, table.columns)) + " |")
        print("|" + "---|" * len(table.columns))
        for row in table.itertuples(index=False):
            print(
                "| "
                + " | ".join(
                    str(int(v)) if k == 0 else f"{v:.2f}" if k < 3 else f"{v:.3f}" for k, v in enumerate(row)
                )
                + " |"
            )
    if len(sys.argv) > 2:
        published(sys.argv[2])


if __name__ == "__main__":
    main()
