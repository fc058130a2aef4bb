"""Python runs this at the start of every child process of the tests: message codes made there count too."""

import contextlib
import importlib.util
import os
from pathlib import Path

if os.environ.get("UMKM_CODES_MET"):
    with contextlib.suppress(Exception):  # a child that cannot be watched still has to run
        place = Path(__file__).resolve().parents[1] / "met_codes.py"
        spec = importlib.util.spec_from_file_location("met_codes", place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.install()
