"""TFTP and SNTP of the release binary beside the servers people use, in one run on one machine: the ratio
counts. A peer that is not installed is taken from its Debian package without installing it."""
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time

from harness import ROOT, Server, row

LOAD = ROOT / "build" / "rel" / "tests" / "bench"
PEERS = ROOT / "build" / "bench-peers"
SECONDS = os.environ.get("BENCH_SECONDS", "2")
PACKAGES = {"in.tftpd": ["tftpd-hpa"], "atftpd": ["atftpd"], "chronyd": ["chrony"],
            "dnsmasq": ["dnsmasq-base", "libnetfilter-conntrack3", "libnfnetlink0", "liblua5.4-0"]}


def program(name):
    """Each in a folder of its own: tftpd-hpa and atftpd both bring an in.tftpd."""
    root = PEERS / name
    found = shutil.which(name, path="/usr/sbin:/usr/bin")
    if found and name != "in.tftpd":
        return found
    if not (root / "usr/sbin" / name).exists():
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as tmp:
            subprocess.run(["apt-get", "download", "-q", *PACKAGES[name]], cwd=tmp, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for deb in pathlib.Path(tmp).glob("*.deb"):
                subprocess.run(["dpkg", "-x", deb, root], check=True)
    return str(root / "usr/sbin" / name)


def free_port():
    """Below the range that the system gives to clients, whose sockets come and go by the thousand."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Peer:
    """One other server on loopback, for the length of a with block."""

    def __init__(self, name, host, port, *args):
        self.name, self.host, self.port, self.args = name, host, port, [str(a) for a in args]

    def __enter__(self):
        env = {**os.environ, "LD_LIBRARY_PATH": f"{pathlib.Path(self.args[0]).parents[1]}/lib/x86_64-linux-gnu"}
        self.process = subprocess.Popen(self.args, env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        assert self.process.poll() is None, f"{self.name} ended: {self.args}"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def tftp_peers(folder):
    port = free_port()
    yield Peer("tftpd-hpa", "127.0.0.1", port, program("in.tftpd"), "-L", "-a", f"127.0.0.1:{port}", "-u", "root",
               "-s", folder)
    port = free_port()
    yield Peer("atftpd", "127.0.0.1", port, program("atftpd"), "--daemon", "--no-fork", "--bind-address", "127.0.0.1",
               "--port", port, "--user", "root", "--group", "root", "--maxthread", 1000, "--verbose=0", folder)
    yield Peer("dnsmasq", "127.0.0.2", 69, program("dnsmasq"), "-k", "--port=0", "--enable-tftp",
               "--listen-address=127.0.0.2", "--bind-interfaces", f"--tftp-root={folder}", "--tftp-max=1000",
               "-u", "root", "--pid-file=", "--conf-file=/dev/null")


def tftp(host, port, name, clients, block, window):
    out = subprocess.run([LOAD / "load_tftp", host, str(port), name, str(clients), str(block), str(window), SECONDS],
                         capture_output=True, text=True, check=False)
    found = re.match(r"(\d+) files/s ([\d.]+) MB/s", out.stdout)
    return (float(found.group(1)), float(found.group(2))) if found else (0.0, 0.0)


CASES = [  # what, name, clients, block size, window, figure (0 files/s, 1 MB/s)
    ("TFTP 10 kB, 50 clients, 512", "small.bin", 50, 512, 1, 0),
    ("TFTP 33 MB, 4 clients, 512", "big.bin", 4, 512, 1, 1),
    ("TFTP 33 MB, 4 clients, 1428", "big.bin", 4, 1428, 1, 1),
    ("TFTP 33 MB, 4 clients, 1428, window 16", "big.bin", 4, 1428, 16, 1),
    ("TFTP 33 MB, 4 clients, 512, window 16", "big.bin", 4, 512, 16, 1),
]


def bench_tftp(server, folder):
    for what, name, clients, block, window, figure in CASES:
        ours = tftp("127.0.0.1", server.ports["tftp"], name, clients, block, window)[figure]
        beside = []
        for peer in tftp_peers(folder):
            if window > 1 and peer.name != "atftpd":
                continue  # the others do not know the option
            with peer:
                beside.append(f"{peer.name} {tftp(peer.host, peer.port, name, clients, block, window)[figure]:,.0f}")
        row(what, ours, ("files/s", "MB/s")[figure], ", ".join(beside))


def bench_generated(server):
    server.set_up()
    server.add_sip_phone(1, "0011223344AA", "2001")
    ours = tftp("127.0.0.1", server.ports["tftp"], "SEP0011223344AA.cnf.xml", 50, 512, 1)[0]
    row("TFTP generated phone file, 50 clients, 512", ours, "files/s")


def sntp(port, window):
    out = subprocess.run([LOAD / "load_sntp", "127.0.0.1", str(port), str(window), SECONDS],
                         capture_output=True, text=True, check=False)
    found = re.match(r"(\d+) answers/s (.*)", out.stdout)
    return float(found.group(1)) if found else 0.0, found.group(2) if found else out.stderr


def bench_sntp(server):
    port = free_port()
    chrony = Peer("chrony", "127.0.0.1", port, program("chronyd"), "-d", "-x", "-f", "/dev/null", "-u", "root",
                  "local stratum 4", "allow 127.0.0.1", f"port {port}", "cmdport 0",
                  f"pidfile {server.data}/chrony.pid")
    for window in (1, 16, 64):
        ours, detail = sntp(server.ports["ntp"], window)
        with chrony:
            theirs, their_detail = sntp(port, window)
        row(f"SNTP, {window} under way", ours, "answers/s",
            f"{detail}; chrony {theirs:,.0f} ({their_detail})")


def main():
    server = Server(options=["--test-clock-state", "synchronised"])
    folder = server.data / "files"
    folder.mkdir(parents=True)
    (folder / "small.bin").write_bytes(os.urandom(10000))
    (folder / "big.bin").write_bytes(os.urandom(33_000_000))
    with tempfile.TemporaryDirectory(prefix="switchroom-bench-") as public:
        for name in ("small.bin", "big.bin"):
            shutil.copy(folder / name, public)
        os.chmod(public, 0o755)
        server.start()
        try:
            bench_tftp(server, public)
            bench_generated(server)
            bench_sntp(server)
        finally:
            server.close()


if __name__ == "__main__":
    main()
