"""``python -m umkm_stats`` is the command line."""

from umkm_stats.cli import main

if __name__ == "__main__":
    main()
