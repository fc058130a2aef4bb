"""The build hook: compiled kernels at installation where a C++ compiler is there, nothing where not.

A wheel with libraries is tagged ``py3-none-PLATFORM``, one without ``py3-none-any``. An editable installation
gets the libraries into the source folder, which git ignores. ``UMKM_NATIVE=0`` leaves them out;
``UMKM_WHEEL_TARGET`` (``TARGETS`` of ``_build.py``) asks for another system's wheel: then an error is one.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACE = "umkm_stats/native"


def builder(root: str) -> Any:
    """``umkm_stats/native/_build.py``, by its path: the package is not installed yet."""
    spec = importlib.util.spec_from_file_location("umkm_native_build", Path(root, "src", PLACE, "_build.py"))
    if spec is None or spec.loader is None:
        raise ImportError(PLACE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def platform_tag() -> str:
    """The platform of this machine as a wheel's tag."""
    if platform.system() == "Darwin":
        return f"macosx_11_0_{platform.machine()}"
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


class NativeHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the compiled kernels into a wheel, or beside their sources."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel is put together; never an error."""
        if self.target_name != "wheel" or os.environ.get("UMKM_NATIVE") == "0":
            return
        try:
            self._add(version, build_data)
        except Exception as error:  # a missing or odd compiler must not stop an installation
            if os.environ.get("UMKM_WHEEL_TARGET"):
                raise
            self.app.display_info(f"without compiled kernels: {error}")

    def _add(self, version: str, build_data: dict[str, Any]) -> None:
        work = builder(self.root)
        if version == "editable":
            work.build()
            return
        self._room = tempfile.TemporaryDirectory(prefix="umkm-native-")
        target = os.environ.get("UMKM_WHEEL_TARGET")
        if target:
            made, tag = work.cross(Path(self._room.name), target)
        else:
            made, tag = work.build(Path(self._room.name)), platform_tag()
        for path in made:
            build_data["force_include"][str(path)] = f"{PLACE}/{path.name}"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when the wheel is there."""
        if hasattr(self, "_room"):
            self._room.cleanup()
