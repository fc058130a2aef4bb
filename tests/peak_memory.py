"""Peak memory of a program in a process of its own."""

import subprocess
import sys

# What the process held itself: on Linux a child's ru_maxrss begins with what its parent held.
SAID = """
import pathlib, resource, sys
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
own = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(own[0] if own else most // 1024 if sys.platform == "darwin" else most)
"""


def mib(program: str) -> float:
    """Runs the program; the most memory it held at once, in MiB."""
    done = subprocess.run([sys.executable, "-c", program + SAID], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / 1024
