"""The first example of the README is run as it stands; only code, ports and the phones' address are this server's."""
import json
import pathlib
import re
import subprocess

from conftest import ROOT


def example():
    text = (ROOT / "README.md").read_text()
    return re.search(r"The same by curl:\n\n```\n(.*?)```", text, re.S).group(1)


def test_the_first_example_of_the_readme_works(fresh_server, tmp_path: pathlib.Path):
    server = fresh_server(setup=False)
    script = example()
    setup, rest = script.split("# 2.", 1)
    changes = {"http://127.0.0.1:8080": server.url, "ABCDEFGH": server.setup_code(), "192.0.2.10": "127.0.0.1"}
    for old, new in changes.items():
        assert old in setup, old
        setup = setup.replace(old, new)
    first = subprocess.run(["bash", "-euo", "pipefail", "-c", setup], capture_output=True, text=True, cwd=tmp_path,
                           timeout=60, check=True)
    assert json.loads(first.stdout)["revision"] == 1
    hfs = server.port("hfs")
    rest = rest.replace("127.0.0.1:69/", f"127.0.0.1:{server.ports['tftp']}/").replace(":6970/", f":{hfs}/")
    rest = re.sub(r"(?m)^(curl .*)$", r"\1; echo; echo =====", "# 2." + rest)
    head = setup.split("# 1.")[0]
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", head + rest], capture_output=True, text=True,
                          cwd=tmp_path, timeout=60, check=True)
    parts = [p.strip() for p in done.stdout.split("=====")]
    dry, made, by_tftp, by_http, phones, timeline, events = parts[:7]
    assert json.loads(dry)["dry_run"] is True
    assert json.loads(made)["files"] == ["SEP001122334455.cnf.xml"]
    assert by_tftp == by_http and "<name>201</name>" in by_tftp
    assert json.loads(phones)["items"][0]["device"] == "SEP001122334455"
    assert [s["step"] for s in json.loads(timeline)["steps"]] == ["file_sent", "file_sent"]
    assert json.loads(events)["items"]
