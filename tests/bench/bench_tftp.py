"""TFTP beside the servers people use: small files by many clients, a firmware image by few."""
import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.request

from harness import LOAD, SECONDS, Peer, Server, against, best_of, free_port, row

PHONE = "SEP0011223344AA.cnf.xml"
CASES = [  # what, name, clients, block size, window, figure (0 files/s, 1 MB/s)
    ("TFTP: generated phone file, 50 clients, 512", PHONE, 50, 512, 1, 0),
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
        def ours():
            return load("127.0.0.1", server.ports["tftp"], name, clients, block, window)[figure]

        def theirs(peer):
            with peer:
                return load(peer.host, peer.port, name, clients, block, window)[figure]

        measures = {p.name: functools.partial(theirs, p) for p in peers(folder, window)}
        best = best_of({"": ours, **measures})
        value = best.pop("")
        row(what, value, ("files/s", "MB/s")[figure], against(value, best))


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
            server.add_sip_phone(1, PHONE[3:15], "2001")
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port('hfs')}/{PHONE}") as answer:
                pathlib.Path(public, PHONE).write_bytes(answer.read())  # the others have the same bytes to send
            compare(server, public)
        finally:
            server.close()


if __name__ == "__main__":
    main()
