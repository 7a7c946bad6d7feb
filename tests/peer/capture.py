"""tshark as referee: the harness writes the capture itself (raw sockets are not everywhere allowed), tshark
says what it sees in it. Ports of the capture are the well-known ones, whatever the test run uses, so that
the dissectors are chosen as in the field.

    cap = Capture()
    cap.udp(("10.0.0.2", 50000), ("10.0.0.1", 69), payload)      # one datagram
    flow = cap.tcp(("10.0.0.2", 50001), ("10.0.0.1", 2000))      # one connection
    flow.sent(b"..."); flow.received(b"...")
    cap.assert_clean("skinny")                                    # every packet dissected, none malformed
    cap.fields("sip", "sip.Method", "sip.Status-Code")            # one list per packet
"""
import ipaddress
import json
import struct
import subprocess
import tempfile

CLIENT, SERVER = "10.0.0.2", "10.0.0.1"
LINKTYPE_RAW = 101
MSS = 1400


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return ~s & 0xFFFF


def ip_packet(src, dst, protocol, payload):
    a, b = ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed
    at = 6 if protocol == 17 else 16
    pseudo = a + b + struct.pack("!BBH", 0, protocol, len(payload))
    payload = payload[:at] + struct.pack("!H", checksum(pseudo + payload) or 0xFFFF) + payload[at + 2:]
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, a, b)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


class Flow:
    """One TCP connection, with its handshake, so that tshark reassembles."""

    def __init__(self, capture, client, server):
        self.capture, self.client, self.server = capture, client, server
        self.seq = {client: 1000, server: 5000}
        self._segment(client, server, b"", 0x02)
        self._segment(server, client, b"", 0x12)
        self._segment(client, server, b"", 0x10)

    def _segment(self, src, dst, data, flags):
        ack = self.seq[dst] if flags & 0x10 else 0
        head = struct.pack("!HHIIBBHHH", src[1], dst[1], self.seq[src], ack, 5 << 4, flags, 65535, 0, 0)
        self.seq[src] += len(data) + (1 if flags & 0x02 else 0)
        self.capture.packet(ip_packet(src[0], dst[0], 6, head + data))

    def _data(self, src, dst, data):
        for at in range(0, len(data), MSS):
            self._segment(src, dst, data[at:at + MSS], 0x18)

    def sent(self, data):
        self._data(self.client, self.server, data)

    def received(self, data):
        self._data(self.server, self.client, data)


class Capture:
    def __init__(self):
        self.packets = []

    def packet(self, data):
        self.packets.append(data)

    def udp(self, src, dst, payload):
        head = struct.pack("!HHHH", src[1], dst[1], 8 + len(payload), 0)
        self.packet(ip_packet(src[0], dst[0], 17, head + payload))

    def tcp(self, client, server):
        return Flow(self, client, server)

    def write(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, LINKTYPE_RAW))
            for i, p in enumerate(self.packets):
                f.write(struct.pack("=IIII", 1700000000, i, len(p), len(p)) + p)

    def tshark(self, *args):
        with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
            self.write(f.name)
            done = subprocess.run(["tshark", "-n", "-r", f.name, *args], capture_output=True, text=True,
                                  timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fields(self, display_filter, *names):
        """One {name: [values]} per packet that the filter lets through."""
        args = ["-Y", display_filter, "-T", "json"]
        for n in names:
            args += ["-e", n]
        rows = json.loads(self.tshark(*args) or "[]")
        return [{n: r["_source"]["layers"].get(n, []) for n in names} for r in rows]

    def assert_clean(self, protocol, at_least=1):
        """The dissector knew `at_least` packets as this protocol and found nothing malformed in any."""
        bad = self.tshark("-Y", "_ws.malformed or _ws.expert.group == 0x07000000 or _ws.short")
        assert not bad, bad
        seen = self.tshark("-Y", protocol).splitlines()
        assert len(seen) >= at_least, f"{len(seen)} {protocol} packets in {len(self.packets)}"
