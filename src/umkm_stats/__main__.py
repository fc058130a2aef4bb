"""``python -m umkm_stats`` is the command line."""

if __name__ == "__main__":
    try:
        from umkm_stats.cli import main
    except KeyboardInterrupt:  # while the program itself is being read: nothing was begun
        raise SystemExit(130) from None
    main()
