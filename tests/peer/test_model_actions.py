"""The rows of tests/model/rows.tsv that are no settings: every operation of the command line is a resource, and its
command is understood."""
import csv
import pathlib

import pytest

ROWS = pathlib.Path(__file__).parents[1] / "model" / "rows.tsv"
# The credential service is an engine to come: it has nothing to write in a log yet.
WAITS = {"log-categories/credentials": "debug credentials"}
SAMPLES = {"<tag>": "1", "<dir>": "made", "[brief]": "brief"}


def rows():
    with open(ROWS, newline="") as f:
        return [r for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r["part"] == "action" and r["resource"] not in WAITS]


def command(row):
    """The command in its shortest form: optional parts left out, of alternatives the first."""
    text = row["command"].split(" [")[0]
    if "{" in text:
        head, rest = text.split("{", 1)
        text = head + rest.split("}")[0].split("|")[0].strip()
    for name, value in SAMPLES.items():
        text = text.replace(name, value)
    return text


def test_every_operation_is_a_resource(server):
    paths = set(server.ok(server.get("/openapi.json"))["paths"])
    known = {"log-categories/hfs": "/log-categories/{category}"}
    for row in rows():
        base, _, several = row["resource"].partition("{reset")
        for name in ("reset", "restart") if several else ("",):
            wanted = base + name
            found = [p for p in (known.get(wanted), "/config/" + wanted, "/" + wanted) if p]
            assert any(p in paths or "/api/v1" + p in paths for p in found), (wanted, sorted(paths)[:5])


def test_every_show_command_answers(server):
    for row in rows():
        if row["command"].startswith("show "):
            answer = server.get("/show?command=" + command(row).replace(" ", "%20"))
            assert answer.status == 200 or (answer.status == 404 and "pool 1" in command(row)), (command(row), answer)


@pytest.mark.parametrize("words", sorted({command(r) for r in rows()
                                          if r["command"].split()[0] in ("clear", "debug", "mkdir", "squeeze")}))
def test_every_exec_command_is_an_action(server, words):
    answer = server.post("/exec", {"command": words})
    assert answer.status in (200, 201, 202, 204), (words, answer)


def test_lines_of_a_session_are_skipped_in_an_import(server):
    text = "\n".join(command(r) for r in rows() if r["resource"] == "import")
    answer = server.request("POST", "/import?mode=merge&dry_run=true", raw=text.encode(),
                            headers={"Content-Type": "text/plain"})
    body = server.ok(answer)
    assert {line["result"] for line in body["lines"]} == {"ignored"} and body["changes"] == []
