"""The durability tests at full length: 200 kills under write load, 100 power cuts, 100 rounds of a
failing disk. `make check` runs the same program with fewer rounds."""
import os
import subprocess

from conftest import BINARY, ROOT

ROUNDS = 200


def test_nothing_acknowledged_is_lost():
    variant = "san" if BINARY.parent.name == "san" else "rel"
    program = ROOT / "build" / variant / "tests" / "unit" / "test_store_durability"
    assert program.exists(), f"{program} is not built: make tests"
    run = subprocess.run([program], env={**os.environ, "DURABILITY_ROUNDS": str(ROUNDS)},
                         capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert "nothing_acknowledged_is_lost_when_killed" in run.stdout + run.stderr
