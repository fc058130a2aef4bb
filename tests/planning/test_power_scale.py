"""Cells on disk, workers, clusters: the numbers never change, nothing finished is lost."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pandas as pd
import pytest

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.planning import Cluster, power

MODEL = "m ~ a*.39*x\ny ~ b*.39*m + 0*x\nab := a*b"
CALL = {"n": [40, 60], "reps": 250, "draws": 100, "seed": 11, "interval": ("percentile", "joint")}
HAS_DASK = importlib.util.find_spec("distributed") is not None
needs_dask = pytest.mark.skipif(not HAS_DASK, reason="the package distributed (extra dask) is not installed")


@pytest.fixture(scope="module")
def plain():
    return power(MODEL, workers=1, **CALL)


class Stopped(Exception):
    pass


def test_workers_do_not_change_the_numbers(plain):
    pd.testing.assert_frame_equal(power(MODEL, workers=2, **CALL).cells, plain.cells, check_exact=True)


def test_replications_of_a_longer_run_are_the_same(plain):
    longer = power(MODEL, workers=1, **{**CALL, "reps": 300})
    head = longer.cells[longer.cells["rep"] < 250].reset_index(drop=True)
    pd.testing.assert_frame_equal(head, plain.cells, check_exact=True)


def test_a_stopped_run_goes_on_with_the_same_numbers(plain, tmp_path):
    def stop(done, total):
        if done >= 200:
            raise Stopped

    with pytest.raises(Stopped):
        power(MODEL, workers=1, folder=tmp_path / "study", progress=stop, **CALL)
    kept = sorted((tmp_path / "study" / "cells").iterdir())
    assert [path.name for path in kept] == ["00000.parquet", "00001.parquet"]
    seen = []
    again = power(
        MODEL,
        workers=1,
        folder=tmp_path / "study",
        progress=lambda done, total: seen.append((done, total)),
        **CALL,
    )
    assert seen[0] == (200, 500)
    assert seen[-1] == (500, 500)
    pd.testing.assert_frame_equal(again.cells, plain.cells, check_exact=True)
    written = pd.read_csv(tmp_path / "study" / "power.csv")
    assert list(written["power"].dropna()) == list(plain.detail()["power"].dropna())


@pytest.mark.skipif(os.name != "posix", reason="kills a process by its number, which is a POSIX matter")
def test_a_killed_process_loses_no_finished_cell(plain, tmp_path):
    script = textwrap.dedent(f"""
        import time
        from umkm_stats.planning import power
        power({MODEL!r}, workers=1, folder={str(tmp_path / "study")!r}, progress=lambda done, total: time.sleep(0.3), **{CALL!r})
    """)  # noqa: E501
    process = subprocess.Popen([sys.executable, "-c", script])
    cells = tmp_path / "study" / "cells"
    limit = time.monotonic() + 60
    while time.monotonic() < limit and not (cells.is_dir() and any(cells.glob("[0-9]*.parquet"))):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert 1 <= len(list(cells.glob("[0-9]*.parquet"))) < 6
    again = power(MODEL, workers=1, folder=tmp_path / "study", **CALL)
    pd.testing.assert_frame_equal(again.cells, plain.cells, check_exact=True)


def test_without_parquet_cells_are_text_with_the_same_numbers(plain, tmp_path, monkeypatch):
    monkeypatch.setattr("umkm_stats.planning._store.has_parquet", lambda: False)
    curve = power(MODEL, workers=1, folder=tmp_path / "study", **CALL)
    assert [note.code for note in curve.notes][-1:] == ["PLN128"]
    assert len(list((tmp_path / "study" / "cells").glob("*.csv"))) == 6
    pd.testing.assert_frame_equal(
        power(MODEL, workers=1, folder=tmp_path / "study", **CALL).cells, plain.cells, check_exact=True
    )


def test_parquet_cells_without_pyarrow_are_refused(tmp_path, monkeypatch):
    power(MODEL, folder=tmp_path / "study", **{**CALL, "reps": 5})
    monkeypatch.setattr("umkm_stats.planning._store.has_parquet", lambda: False)
    with pytest.raises(UmkmError) as caught:
        power(MODEL, folder=tmp_path / "study", **{**CALL, "reps": 5})
    assert caught.value.code == "PLN122"


def test_a_folder_of_another_study_is_left_alone(tmp_path):
    power(MODEL, folder=tmp_path / "study", **{**CALL, "reps": 5})
    before = (tmp_path / "study" / "study.json").read_text(encoding="utf-8")
    assert json.loads(before)["schema"] == "umkm-power/1"
    with pytest.raises(UmkmError) as caught:
        power(MODEL, folder=tmp_path / "study", **{**CALL, "reps": 6})
    assert caught.value.code == "PLN120"
    assert (tmp_path / "study" / "study.json").read_text(encoding="utf-8") == before
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UmkmError, match="PLN120"):
        power(MODEL, folder=other, **{**CALL, "reps": 5})


def test_a_damaged_cell_is_named(tmp_path):
    power(MODEL, folder=tmp_path / "study", **{**CALL, "reps": 5})
    (tmp_path / "study" / "cells" / "00000.parquet").write_bytes(b"broken")
    with pytest.raises(UmkmError) as caught:
        power(MODEL, folder=tmp_path / "study", **{**CALL, "reps": 5})
    assert (caught.value.code, caught.value.place.file) == ("PLN121", "00000.parquet")


def test_dask_without_the_package(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "distributed" else real(name, *rest)
    )
    with pytest.raises(UsageError) as caught:
        power(MODEL, cluster=Cluster(), **CALL)
    assert caught.value.code == "PLN123"


@needs_dask
@pytest.mark.filterwarnings("ignore")
class TestDask:
    @pytest.fixture(scope="class")
    def cluster(self):
        import distributed

        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as cluster:
            yield cluster

    @pytest.mark.slow
    def test_a_cluster_gives_the_same_numbers(self, cluster, plain):
        curve = power(MODEL, cluster=Cluster(scheduler=cluster.scheduler_address), **CALL)
        pd.testing.assert_frame_equal(curve.cells, plain.cells, check_exact=True)

    @pytest.mark.slow
    @pytest.mark.skipif(os.name != "posix", reason="kills a process by its number, which is a POSIX matter")
    def test_killed_workers_lose_nothing(self, cluster, plain, tmp_path):
        import distributed

        killed = []
        with distributed.Client(cluster) as client:

            def kill(done, total):
                if not killed:
                    killed.extend(client.run(os.getpid).values())
                    for pid in killed:
                        os.kill(pid, signal.SIGKILL)

            curve = power(
                MODEL, cluster=Cluster(scheduler=client), folder=tmp_path / "study", progress=kill, **CALL
            )
        assert len(killed) == 2
        pd.testing.assert_frame_equal(curve.cells, plain.cells, check_exact=True)
        assert len(list((tmp_path / "study" / "cells").glob("*.parquet"))) == 6

    def test_no_scheduler_at_the_address(self):
        with pytest.raises(UmkmError) as caught:
            power(MODEL, cluster=Cluster(scheduler="no-such-protocol://nowhere:1"), **CALL)
        assert caught.value.code == "PLN124"

    def test_a_part_that_fails_is_said(self, monkeypatch):
        from umkm_stats.planning import _backends

        class Future:
            status = "error"

            def exception(self):
                return MemoryError()

        class Client:
            def submit(self, *args, **kwargs):
                return Future()

        monkeypatch.setattr("distributed.as_completed", lambda futures: iter(futures))
        with pytest.raises(UmkmError) as caught:
            list(_backends.run_dask([None], None, [type("C", (), {"scenario": 0})()], Client(), None))
        assert (caught.value.code, caught.value.params["reason"]) == ("PLN125", "MemoryError")


def test_the_folder_may_be_text(tmp_path):
    power(MODEL, folder=str(tmp_path / "study"), **{**CALL, "reps": 5})
    assert Path(tmp_path / "study" / "study.json").is_file()


def test_a_call_without_a_seed_goes_on_with_the_seed_of_its_folder(tmp_path):
    given = {**CALL, "reps": 5, "seed": None}
    first = power(MODEL, folder=tmp_path / "study", **given)
    assert power(MODEL, folder=tmp_path / "study", **given).seed == first.seed
    (tmp_path / "study" / "study.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UmkmError, match="PLN120"):
        power(MODEL, folder=tmp_path / "study", **given)


@needs_dask
def test_a_script_without_a_guard_is_told(tmp_path):
    script = tmp_path / "plan.py"
    call = "power('y ~ .3*x', n=50, reps=20, draws=0, interval='joint', seed=1, cluster=Cluster(), workers=1)"
    head = "from umkm_stats.planning import Cluster, power\n"
    script.write_text(head + call + "\n", encoding="utf-8")
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    assert "PLN164" in run.stderr
    assert "Nanny" not in run.stderr
    script.write_text(head + f'if __name__ == "__main__":\n    print({call}.tidy())\n', encoding="utf-8")
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert "direct" in run.stdout
