"""Moving in: a running configuration with 1,000 phones of each protocol, as a dry run and as a commit, and the export
of it. The bar of issue 3: under 2 s."""
import statistics
import time

from harness import Server, row

PHONES = 1000


def sip_side():
    yield "voice service voip\n allow-connections sip to sip\n sip\n  registrar server expires max 600 min 60\n!"
    yield (f"voice register global\n mode cme\n source-address 10.0.0.1 port 5060\n max-dn {PHONES}\n max-pool {PHONES}\n"
           " authenticate all\n load 7861 sip78xx.12-8-1\n!")
    for i in range(1, PHONES + 1):
        yield (f"voice register dn  {i}\n number 2{i:04d}\n name SIP User {i}\n label 2{i:04d}\n"
               " call-forward b2bua noan 7000 timeout 20\n!")
    for i in range(1, PHONES + 1):
        yield (f"voice register pool  {i}\n id mac 00AA.0000.{i:04X}\n type 7861\n number 1 dn {i}\n dtmf-relay rtp-nte\n"
               f" username u{i} password 0 pass{i}\n description desk {i}\n codec g711ulaw\n no vad\n"
               ' speed-dial 1 7001 label "Front"\n!')


def sccp_side():
    yield (f"telephony-service\n max-ephones {PHONES}\n max-dn {PHONES}\n ip source-address 10.0.0.1 port 2000\n"
           " cnf-file location flash:\n cnf-file perphone\n load 7962 SCCP42.9-4-2\n time-zone 23\n create cnf-files\n!")
    for i in range(1, PHONES + 1):
        yield (f"ephone-dn  {i}  dual-line\n number 1{i:04d}\n label 1{i:04d}\n name SCCP User {i}\n"
               " call-forward busy 7000\n call-forward noan 7000 timeout 20\n!")
    for i in range(1, PHONES + 1):
        yield (f"ephone  {i}\n description phone {i}\n mac-address 00BB.0000.{i:04X}\n username e{i} password 0 pw{i}\n"
               f' type 7962\n speed-dial 1 7001 label "Front"\n speed-dial 2 7002 label "Back"\n button  1:{i}\n!')


def configuration():
    return "\n".join(["version 15.7", "hostname big", "!", "ip http server", "!", *sip_side(), *sccp_side(), "end"]).encode()


def sent(server, text, query):
    began = time.perf_counter()
    answer = server.ok(server.request("POST", "/import" + query, raw=text, headers={"Content-Type": "text/plain"}))
    assert answer["summary"]["refused"] == 0, answer["summary"]
    return (time.perf_counter() - began) * 1000


def main():
    server = Server().start()
    try:
        server.set_up()
        text = configuration()
        what = f"import, {PHONES:,} + {PHONES:,} phones, {len(text.splitlines()):,} lines"
        dry = statistics.median(sent(server, text, "?dry_run=true&mode=replace") for _ in range(3))
        row(f"{what}: dry run", dry, "ms", at_most=2000)
        row(f"{what}: commit", sent(server, text, "?mode=replace"), "ms", at_most=2000)
        row(f"{what}: again", sent(server, text, ""), "ms", at_most=2000)
        began = time.perf_counter()
        server.get("/export")
        row("export of it", (time.perf_counter() - began) * 1000, "ms")
    finally:
        server.close()


if __name__ == "__main__":
    main()
