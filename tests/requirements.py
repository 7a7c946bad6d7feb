"""Prints which requirements are proved by tests that ran and passed.

tests/requirements.py docs/requirements.tsv LOG...   (logs are written by the test runs)"""
import csv
import pathlib
import sys


def main(table, logs):
    proved = set()
    for log in logs:
        proved |= set(pathlib.Path(log).read_text().split())
    with open(table, newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    known = {r["id"] for r in rows}
    engines = {}
    for r in rows:
        done, missing = engines.setdefault(r["engine"], ([], []))
        (done if r["id"] in proved else missing).append(r["id"])
    for engine, (done, missing) in sorted(engines.items()):
        print(f"{engine:12} {len(done):4} of {len(done) + len(missing):4}" +
              (f"   not proved: {' '.join(missing)}" if missing else ""))
    unknown = sorted(proved - known)
    if unknown:
        print("proved by tests but not in the table:", " ".join(unknown))
    print(f"{len(proved & known)} of {len(known)} requirements proved")
    return 1 if unknown or not logs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
