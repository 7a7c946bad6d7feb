"""TFTP beside the servers people use: small files by many clients, a firmware image by few."""
import os
import re
import shutil
import subprocess
import tempfile

from harness import LOAD, SECONDS, Peer, Server, against, free_port, row

CASES = [  # what, name, clients, block size, window, figure (0 files/s, 1 MB/s)
    ("TFTP: 10 kB file, 50 clients, 512", "small.bin", 50, 512, 1, 0),
    ("TFTP: 33 MB, 4 clients, 512", "big.bin", 4, 512, 1, 1),
    ("TFTP: 33 MB, 4 clients, 1428", "big.bin", 4, 1428, 1, 1),
    ("TFTP: 33 MB, 4 clients, 512, windowsize 16", "big.bin", 4, 512, 16, 1),
    ("TFTP: 33 MB, 4 clients, 1428, windowsize 16", "big.bin", 4, 1428, 16, 1),
]
SIZES = {"small.bin": 10_000, "big.bin": 33_000_000}


def peers(folder, window):
    port = free_port()
    yield Peer("atftpd", "127.0.0.1", port, "atftpd", "usr/sbin/atftpd", "--daemon", "--no-fork",
               "--bind-address", "127.0.0.1", "--port", port, "--user", "root", "--group", "root",
               "--maxthread", 1000, "--verbose=0", folder)
    if window > 1:
        return  # the others do not know the option
    port = free_port()
    yield Peer("tftpd-hpa", "127.0.0.1", port, "tftpd-hpa", "usr/sbin/in.tftpd", "-L", "-a", f"127.0.0.1:{port}",
               "-u", "root", "-s", folder)
    yield Peer("dnsmasq", "127.0.0.2", 69, "dnsmasq-base", "usr/sbin/dnsmasq", "-k", "--port=0", "--enable-tftp",
               "--listen-address=127.0.0.2", "--bind-interfaces", f"--tftp-root={folder}", "--tftp-max=1000",
               "-u", "root", "--pid-file=", "--conf-file=/dev/null")


def load(host, port, name, clients, block, window):
    out = subprocess.run([LOAD / "load_tftp", host, str(port), name, str(clients), str(block), str(window), SECONDS],
                         capture_output=True, text=True, check=True).stdout
    files, rate = re.match(r"(\d+) files/s ([\d.]+) MB/s", out).groups()
    return float(files), float(rate)


def compare(server, folder):
    for what, name, clients, block, window, figure in CASES:
        ours = load("127.0.0.1", server.ports["tftp"], name, clients, block, window)[figure]
        others = {}
        for peer in peers(folder, window):
            with peer:
                others[peer.name] = load(peer.host, peer.port, name, clients, block, window)[figure]
        row(what, ours, ("files/s", "MB/s")[figure], against(ours, others))


def main():
    server = Server()
    folder = server.data / "files"
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="switchroom-bench-") as public:
        os.chmod(public, 0o755)
        for name, size in SIZES.items():
            (folder / name).write_bytes(os.urandom(size))
            shutil.copy(folder / name, public)
        server.start()
        try:
            server.set_up()
            server.add_sip_phone(1, "0011223344AA", "2001")
            rate, _ = load("127.0.0.1", server.ports["tftp"], "SEP0011223344AA.cnf.xml", 50, 512, 1)
            row("TFTP: generated phone file, 50 clients, 512", rate, "files/s")
            compare(server, public)
        finally:
            server.close()


if __name__ == "__main__":
    main()
