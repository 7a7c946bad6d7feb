"""Phone files over HTTP beside nginx, by wrk: a generated file, one of 10 kB and one of 33 MB."""
import os
import shutil
import tempfile

from harness import Peer, Server, add_sip_phones, against, best_of, free_port, row, sip_mac, wrk

BIG = 33_000_000
NGINX = """daemon off; pid {folder}/nginx.pid; error_log /dev/null; worker_processes 2; user root;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""


def nginx(folder):
    port = free_port()
    conf = os.path.join(folder, "nginx.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write(NGINX.format(folder=folder, port=port))
    return Peer("nginx", "127.0.0.1", port, "nginx", "usr/sbin/nginx", "-p", folder, "-c", conf)


def main():
    server = Server().start()
    try:
        with tempfile.TemporaryDirectory(prefix="switchroom-bench-") as public:
            os.chmod(public, 0o755)
            server.set_up()
            add_sip_phones(server, 10)
            (server.data / "files" / "small").write_bytes(os.urandom(10_000))
            (server.data / "files" / "big").write_bytes(os.urandom(BIG))
            for name in ("small", "big"):
                shutil.copy(server.data / "files" / name, public)
            base = f"http://127.0.0.1:{server.port('hfs')}"
            rate, p99, bad = wrk(base + f"/SEP{sip_mac(1)}.cnf.xml", 32)
            row("HFS: generated file, 32 clients", rate, "req/s", bad or f"p99 {p99:.1f} ms", at_least=20000)
            for name, clients, unit, scale in (("small", 32, "req/s", 1), ("big", 4, "MB/s", BIG / 1e6)):
                def fetch(at):
                    rate, _, bad = wrk(f"{at}/{name}", clients)
                    assert not bad, bad
                    return rate * scale

                def theirs():
                    with nginx(public) as peer:
                        return fetch(f"http://127.0.0.1:{peer.port}")

                best = best_of({"": lambda: fetch(base), "nginx": theirs})
                ours = best.pop("")
                row(f"HFS: {'33 MB' if name == 'big' else '10 kB'}, {clients} clients", ours, unit,
                    against(ours, best))
    finally:
        server.close()


if __name__ == "__main__":
    main()
