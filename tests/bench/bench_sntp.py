"""SNTP beside chrony: answers per second with 1, 16 and 64 questions under way."""
import re
import subprocess

from harness import LOAD, SECONDS, Peer, Server, against, best_of, free_port, row


def load(port, window):
    out = subprocess.run([LOAD / "load_sntp", "127.0.0.1", str(port), str(window), SECONDS],
                         capture_output=True, text=True, check=True).stdout
    rate, _, wrong = re.match(r"(\d+) answers/s (\d+) lost (\d+) wrong", out).groups()
    assert wrong == "0", out
    return float(rate)


def main():
    server = Server(options=["--test-clock-state", "synchronised"]).start()
    port = free_port()
    chrony = Peer("chrony", "127.0.0.1", port, "chrony", "usr/sbin/chronyd", "-d", "-x", "-f", "/dev/null",
                  "-u", "root", "local stratum 4", "allow 127.0.0.1", f"port {port}", "cmdport 0",
                  f"pidfile {server.data}/chrony.pid")
    try:
        for window in (1, 16, 64):
            def theirs():
                with chrony:
                    return load(port, window)

            best = best_of({"": lambda: load(server.ports["ntp"], window), "chrony": theirs})
            ours = best.pop("")
            row(f"SNTP: {window} under way", ours, "answers/s", against(ours, best))
    finally:
        server.close()


if __name__ == "__main__":
    main()
