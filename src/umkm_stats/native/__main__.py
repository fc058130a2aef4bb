"""Compile the kernels in place (``build``), or say which one computes (no word)."""

from __future__ import annotations

import sys

from umkm_stats.native import _build, _load


def main(words: list[str]) -> int:
    """0 done, 1 not built, 2 wrong use."""
    if words not in ([], ["build"]):
        sys.stderr.write("usage: python -m umkm_stats.native [build]\n")
        return 2
    if words:
        try:
            for path in _build.build():
                sys.stdout.write(f"built {path.name}\n")
        except (_build.BuildError, OSError) as error:
            sys.stderr.write(f"not built: {error}\n")
            return 1
    there, wanted = _load.available(), _load.asked()
    if wanted not in ("auto", "numpy", *there, *(("native",) if there else ())):
        sys.stderr.write(f"{_load.VARIABLE}={wanted}: not a kernel that can compute here\n")
        return 2
    why = _load.reason()
    sys.stdout.write(f"kernel: {_load.kernel()}{f' ({why})' if why else ''}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
