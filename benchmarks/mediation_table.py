"""The coverage tables in Markdown, from the files that mediation_coverage.py writes.

python benchmarks/mediation_table.py benchmarks/mediation_coverage.csv > benchmarks/mediation_coverage.md
"""

from __future__ import annotations

import sys

import pandas as pd


def main() -> None:
    """Print a table of coverage and one of rejection rates: rows n, a, b; columns methods."""
    data = pd.read_csv(sys.argv[1])
    reps = int(data["reps"].iloc[0])
    print(f"Repetitions {reps}; three Monte Carlo SEs are {3 * (0.05 * 0.95 / reps) ** 0.5:.3f} at .05 and")
    print(
        f"{3 * (0.25 / reps) ** 0.5:.3f} at .50. Where a·b = 0 the rejection rate is the Type I error, elsewhere the power."
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


if __name__ == "__main__":
    main()
