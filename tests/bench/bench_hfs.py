"""Phone files over HTTP, by wrk: a generated file and one of 33 MB."""
import re
import subprocess

from harness import Server, add_sip_phones, row, sip_mac

BIG = 33_000_000


def wrk(url, clients, seconds=4):
    out = subprocess.run(["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "--latency", url],
                         capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx.*|Socket errors.*", out)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    return rate, "" if not bad else bad.group(0)


def main():
    server = Server().start()
    try:
        server.set_up()
        add_sip_phones(server, 10)
        (server.data / "files" / "big").write_bytes(b"x" * BIG)
        base = f"http://127.0.0.1:{server.port('hfs')}/"
        rate, bad = wrk(base + f"SEP{sip_mac(1)}.cnf.xml", 32)
        row("HFS, generated file, 32 clients", rate, "req/s", bad or "bar 20,000")
        rate, bad = wrk(base + "big", 4)
        row("HFS, 33 MB, 4 clients", rate * BIG / 1e6, "MB/s", bad)
    finally:
        server.close()


if __name__ == "__main__":
    main()
