"""One run of it all: check every step, run, write, reproduce, pack."""
