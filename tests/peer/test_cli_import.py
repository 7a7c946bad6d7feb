"""switchroom import and export against the running server."""
import subprocess

import pytest
from conftest import BINARY

GOOD = "telephony-service\n max-ephones 30\n max-dn 60\n timeouts busy 14\nephone-dn 7\n number 4107\nend\n"
MIXED = GOOD.replace("end\n", "telephony-service\n keepalive 5\n frobnicate 3\nend\n")


@pytest.fixture
def run(server):
    def call(*args, **more):
        return subprocess.run([str(BINARY), *map(str, args), "--data", str(server.data)], capture_output=True,
                              text=True, timeout=60, **more)
    return call


def newest(server):
    return server.ok(server.get("/revisions?limit=1"))["items"][0]


def test_a_file_moves_in(server, run, tmp_path):
    file = tmp_path / "router.cfg"
    file.write_text(GOOD)
    before = newest(server)["revision"]
    dry = run("import", file, "--dry-run")
    assert dry.returncode == 0 and "dry run, nothing is changed" in dry.stdout, dry
    assert newest(server)["revision"] == before
    done = run("import", file, "--comment", "by hand & more")
    assert done.returncode == 0, done
    assert "7 lines: 6 applied" in done.stdout or "7 lines: 5 applied" in done.stdout, done
    assert f"revision {before + 1}" in done.stdout
    assert newest(server)["comment"] == "by hand & more" and newest(server)["who"] == "local"
    assert "ephone-dn 7\n number 4107" in run("export").stdout
    file.write_text(GOOD.replace("busy 14", "busy 15"))
    assert run("import", file).returncode == 0 and newest(server)["comment"] == "Import: router.cfg"
    file.write_text(GOOD)
    assert run("import", file).returncode == 0


def test_what_is_refused_is_told_and_gives_another_code(server, run):
    done = run("import", "-", input=MIXED)
    assert done.returncode == 2, done
    assert "line 8 refused: keepalive 5\n    Value 5 out of range 10-65535\n    nearest: keepalive <10-65535>\n" \
        in done.stdout
    assert "line 9 kept: frobnicate 3" in done.stdout
    assert newest(server)["comment"] == "Import"
    before = newest(server)["revision"]
    taken = "ip http server\nip http port 8123\ntelephony-service\n hfs enable port 8123\n"
    done = run("import", "-", "--replace", input=taken)
    assert done.returncode == 2, done
    assert "line 4: Invalid port number or port in use by other application" in done.stdout, done
    assert newest(server)["revision"] == before


def test_an_import_falls_back_unless_confirmed(server, run):
    done = run("import", "-", "--confirm", "5", input="telephony-service\n timeouts busy 9\n")
    assert done.returncode == 0, done
    assert server.ok(server.get("/confirmation"))["pending"]
    again = run("import", "-", input="telephony-service\n timeouts busy 8\n")
    assert again.returncode == 1 and again.stderr, again
    server.ok(server.delete("/confirmation"))
    assert server.ok(server.get("/config/telephony-service"))["timeouts"]["busy"] == 14


def test_the_export_has_defaults_and_passwords_on_demand(server, run):
    run("import", "-", input="ephone 3\n mac-address 0011.2233.4403\n username me password 0 shown-only-on-demand\n")
    assert "shown-only-on-demand" not in run("export").stdout
    assert "shown-only-on-demand" in run("export", "--secrets").stdout
    assert " timeouts ringing 180" in run("export", "--all").stdout
    assert "ephone 3" not in run("export", "--revision", "1").stdout


def test_it_says_what_is_missing(run, tmp_path):
    assert "which file?" in run("import").stderr
    assert run("import", tmp_path / "nothing").returncode == 1
    assert "is not an option" in run("export", "--colour").stderr
    assert run("export", "--revision", "99999").returncode == 1
