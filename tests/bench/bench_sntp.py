"""SNTP beside chrony: answers per second with 1, 16 and 64 questions under way."""
import re
import subprocess

from harness import LOAD, SECONDS, Peer, Server, against, free_port, row


def load(port, window):
    out = subprocess.run([LOAD / "load_sntp", "127.0.0.1", str(port), str(window), SECONDS],
                         capture_output=True, text=True, check=True).stdout
    rate, lost, wrong = re.match(r"(\d+) answers/s (\d+) lost (\d+) wrong", out).groups()
    return float(rate), f"{lost} lost, {wrong} wrong"


def main():
    server = Server(options=["--test-clock-state", "synchronised"]).start()
    port = free_port()
    chrony = Peer("chrony", "127.0.0.1", port, "chrony", "usr/sbin/chronyd", "-d", "-x", "-f", "/dev/null",
                  "-u", "root", "local stratum 4", "allow 127.0.0.1", f"port {port}", "cmdport 0",
                  f"pidfile {server.data}/chrony.pid")
    try:
        for window in (1, 16, 64):
            ours, detail = load(server.ports["ntp"], window)
            with chrony:
                theirs, their_detail = load(port, window)
            row(f"SNTP: {window} under way", ours, "answers/s",
                f"{against(ours, {'chrony': theirs})} ({detail}; chrony {their_detail})")
    finally:
        server.close()


if __name__ == "__main__":
    main()
