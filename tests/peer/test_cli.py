"""The commands beside serve: what they say when something is missing."""
import subprocess

import pytest
from conftest import BINARY


def run(*args, **more):
    return subprocess.run([str(BINARY), *map(str, args)], capture_output=True, text=True, timeout=30, **more)


@pytest.mark.parametrize("command, says", [("backup", "which file? switchroom backup FILE --data DIR"),
                                           ("restore", "which file? switchroom restore FILE --data DIR"),
                                           ("reset-password", "whose password? switchroom reset-password USER --data DIR")])
def test_a_command_says_what_it_needs(tmp_path, command, says):
    for args in ([], ["--data", tmp_path]):
        done = run(command, *args)
        assert done.returncode != 0 and done.stderr.strip() == f"switchroom: {says}", done


def test_a_password_that_cannot_be_is_refused_in_words(tmp_path):
    done = run("reset-password", "root", "--data", tmp_path, input="short\n")
    assert done.returncode == 1 and "a password has 8 to 128 characters" in done.stderr, done
    done = run("reset-password", "root", "--data", tmp_path, input="")
    assert done.returncode == 1 and "no password was given" in done.stderr, done
    assert run("reset-password", "root", "--data", tmp_path, input="long enough\n").returncode == 0
