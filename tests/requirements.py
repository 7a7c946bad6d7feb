"""Prints which requirements are proved by tests that ran and passed.

tests/requirements.py docs/requirements.tsv LOG...   (logs are written by the test runs)

The column `part` of the table says what a requirement belongs to: `config` (what is stored, checked,
imported, exported, rendered or shown), `running` (an engine that is there), `waits` (a later engine). A requirement
of the configuration that is not proved is a failure."""
import csv
import pathlib
import sys

PARTS = {
    "config": "Configuration",
    "running": "Engines that run",
    "waits": "Waits for a later engine",
}


def by_engine(rows):
    engines = {}
    for r in rows:
        engines.setdefault(r["engine"], []).append(r["id"])
    return sorted(engines.items())


def show(title, rows, proved):
    done = [r for r in rows if r["id"] in proved]
    print(f"{title}: {len(done)} of {len(rows)} proved")
    for engine, ids in by_engine(rows):
        missing = [i for i in ids if i not in proved]
        print(f"  {engine:12} {len(ids) - len(missing):4} of {len(ids):4}" +
              (f"   not proved: {' '.join(missing)}" if missing else ""))


def main(table, logs):
    proved = set()
    for log in logs:
        proved |= set(pathlib.Path(log).read_text().split())
    with open(table, newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    known = {r["id"] for r in rows}
    wrong = [r["id"] for r in rows if r["part"] not in PARTS]
    for part, title in PARTS.items():
        show(title, [r for r in rows if r["part"] == part], proved)
    unknown = sorted(proved - known)
    if unknown:
        print("proved by tests but not in the table:", " ".join(unknown))
    if wrong or len(known) != len(rows):
        print("rows without a part, or twice in the table:", " ".join(wrong) or len(rows) - len(known))
    print(f"{len(proved & known)} of {len(known)} requirements proved")
    missing = [r["id"] for r in rows if r["part"] == "config" and r["id"] not in proved]
    return 1 if unknown or wrong or missing or not logs or len(known) != len(rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
