"""An SCCP phone for the tests, written from published byte examples only: it shares no code and no table
with the server, so that an error in the server's table cannot hide.

    phone = SccpPhone(("127.0.0.1", 2000), "SEP001122334455", version=17)
    phone.register()            # Register -> RegisterAck, CapabilitiesReq
    phone.boot()                # the rest of what a 7941 asks at start
    phone.keepalive()
    phone.exchange              # [("sent" | "received", bytes)] for a capture

All numbers are little endian; a packet is length (of what follows 8 bytes), header version, id, body."""
import socket
import struct
import time

KEEPALIVE, REGISTER, IP_PORT = 0x0000, 0x0001, 0x0002
FORWARD_STAT_REQ, SPEED_DIAL_STAT_REQ, LINE_STAT_REQ = 0x0009, 0x000A, 0x000B
CONFIG_STAT_REQ, TIME_DATE_REQ, BUTTON_TEMPLATE_REQ = 0x000C, 0x000D, 0x000E
VERSION_REQ, CAPABILITIES_RES, SERVER_REQ, ALARM = 0x000F, 0x0010, 0x0012, 0x0020
SOFT_KEY_SET_REQ, UNREGISTER, SOFT_KEY_TEMPLATE_REQ = 0x0025, 0x0027, 0x0028
REGISTER_TOKEN_REQ, HEADSET_STATUS, AVAILABLE_LINES = 0x0029, 0x002B, 0x002D
SERVICE_URL_STAT_REQ, FEATURE_STAT_REQ, XML_ALARM = 0x0033, 0x0034, 0x015A
REGISTER_ACK, SET_LAMP, FORWARD_STAT, SPEED_DIAL_STAT = 0x0081, 0x0086, 0x0090, 0x0091
LINE_STAT, CONFIG_STAT, DEFINE_TIME_DATE, BUTTON_TEMPLATE = 0x0092, 0x0093, 0x0094, 0x0097
VERSION_RES, CAPABILITIES_REQ, REGISTER_REJECT, SERVER_RES = 0x0098, 0x009B, 0x009D, 0x009E
RESET, KEEPALIVE_ACK, SOFT_KEY_TEMPLATE, SOFT_KEY_SET = 0x009F, 0x0100, 0x0108, 0x0109
SELECT_SOFT_KEYS, PROMPT, UNREGISTER_ACK = 0x0110, 0x0112, 0x0118
TOKEN_ACK, TOKEN_REJECT, FEATURE_STAT, SERVICE_URL_STAT = 0x011A, 0x011B, 0x011F, 0x012F
PROMPT_DYNAMIC, FEATURE_STAT_DYNAMIC = 0x0145, 0x0146
LINE_STAT_DYNAMIC, SERVICE_URL_STAT_DYNAMIC = 0x0147, 0x0148


class Closed(Exception):
    """The server closed the connection."""


def packet(message, body=b"", version=0):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<III", 4 + len(body), version, message) + body


def u32s(*values):
    return struct.pack(f"<{len(values)}I", *values)


def fixed(data):
    return data.split(b"\0", 1)[0].decode("latin-1")


class SccpPhone:
    def __init__(self, server, name, device_type=115, version=17, load="SCCP41.8-5-3S", timeout=10,
                 source=None):
        self.name, self.device_type, self.load = name, device_type, load
        self.version = self.highest = version
        self.exchange, self.buffer = [], b""
        self.socket = socket.create_connection(server, timeout, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.prompt = None
        self.lamps = {}
        self.unasked = []

    def close(self):
        self.socket.close()

    # ---- packets ----
    def send_raw(self, data):
        self.exchange.append(("sent", data))
        self.socket.sendall(data)

    def send(self, message, body=b""):
        self.send_raw(packet(message, body, self.version if self.version >= 15 else 0))

    def receive(self, timeout=10):
        """(id, body) of the next packet."""
        end = time.monotonic() + timeout
        while len(self.buffer) < 8 or len(self.buffer) < 8 + struct.unpack_from("<I", self.buffer)[0]:
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError as e:
                raise Closed from e
            if not data:
                raise Closed
            self.buffer += data
        length, version, message = struct.unpack_from("<III", self.buffer)
        whole, self.buffer = self.buffer[:8 + length], self.buffer[8 + length:]
        self.exchange.append(("received", whole))
        assert length % 4 == 0 and length >= 4, whole
        acks = (REGISTER_ACK, KEEPALIVE_ACK, UNREGISTER_ACK)
        assert version == (0 if self.version < 15 or message in acks else self.version), whole[:12]
        return message, whole[12:]

    def expect(self, message, timeout=10):
        """The body of the next packet with this id; lamps and prompts on the way are noted."""
        while True:
            got, body = self.receive(timeout)
            self._note(got, body)
            if got == message:
                return body
            self.unasked.append(got)
            assert got in (SET_LAMP, PROMPT, PROMPT_DYNAMIC, SELECT_SOFT_KEYS), f"0x{got:04x} {body!r}"

    def _note(self, message, body):
        if message == SET_LAMP:
            stimulus, instance, mode = struct.unpack("<III", body)
            self.lamps[stimulus, instance] = mode
        elif message == PROMPT_DYNAMIC:
            self.prompt = body[12:].split(b"\0", 1)[0]
        elif message == PROMPT:
            self.prompt = body[4:36].split(b"\0", 1)[0]

    def expect_closed(self, timeout=10):
        while True:
            try:
                self.receive(timeout)
            except Closed:
                return

    def expect_silence(self, seconds=0.3):
        try:
            got, body = self.receive(seconds)
        except TimeoutError:
            return
        raise AssertionError(f"0x{got:04x} {body!r}")

    # ---- registration ----
    def register_body(self):
        """172 bytes as a 7941 with a 9.x load sends them (older ones: the first 68 or 124)."""
        mac = bytes.fromhex(self.name[3:15]) if len(self.name) == 15 else bytes(6)
        features = b"\x00\x72\x85" if self.highest > 11 else b"\x00\x60\x85"
        body = self.name.encode().ljust(16, b"\0") + u32s(0, 1) + socket.inet_aton("192.0.2.50")
        body += u32s(self.device_type, 5, 0) + bytes([self.highest]) + features + u32s(1, 0)
        body += mac + bytes(6) + u32s(3, 2) + bytes(16) + u32s(0)
        body += self.load.encode().ljust(32, b"\0") + b"0000000000000000".ljust(48, b"\0")
        assert len(body) == 172
        return body[:68] if self.highest <= 11 else body

    def register(self):
        """RegisterAck as a dictionary; RegisterReject raises PermissionError with its text."""
        self.version = 0
        self.send(REGISTER, self.register_body())
        message, body = self.receive()
        if message == REGISTER_REJECT:
            assert len(body) == 32
            raise PermissionError(fixed(body))
        assert message == REGISTER_ACK and len(body) == 20, (message, body)
        keepalive, template, secondary, version = struct.unpack("<I8sIB3x", body)
        assert version <= self.highest
        features, self.version = body[17:20], version
        message, body = self.receive()
        assert message == CAPABILITIES_REQ and body == b""
        return {"keepalive": keepalive, "template": fixed(template), "secondary": secondary,
                "version": version, "features": features}

    def capabilities(self):
        entries = b"".join(u32s(codec, frames, 0, 0) for codec, frames in ((4, 40), (2, 40), (11, 60)))
        self.send(CAPABILITIES_RES, u32s(3) + entries)

    def button_template(self):
        self.send(BUTTON_TEMPLATE_REQ)
        body = self.expect(BUTTON_TEMPLATE)
        assert len(body) in (96, 124)
        offset, count, total = struct.unpack_from("<III", body)
        assert offset == 0 and count == total
        pairs = [(body[i], body[i + 1]) for i in range(12, len(body), 2)]
        assert all(p == (0, 0xFF) for p in pairs[total:])
        return pairs[:total]

    def soft_key_template(self):
        self.send(SOFT_KEY_TEMPLATE_REQ)
        body = self.expect(SOFT_KEY_TEMPLATE)
        assert len(body) == 652
        _, count, total = struct.unpack_from("<III", body)
        assert count == total <= 32
        return [(body[i:i + 16].split(b"\0", 1)[0], struct.unpack_from("<I", body, i + 16)[0])
                for i in range(12, 12 + 20 * total, 20)]

    def soft_key_sets(self):
        self.send(SOFT_KEY_SET_REQ)
        body = self.expect(SOFT_KEY_SET)
        assert len(body) == 780
        _, count, total = struct.unpack_from("<III", body)
        assert count == total <= 16
        sets = [list(body[i:i + 16]) for i in range(12, 12 + 48 * total, 48)]
        assert self.expect(SELECT_SOFT_KEYS) == u32s(0, 0, 0, 0xFFFFFFFF)
        return sets

    def config_stat(self):
        self.send(CONFIG_STAT_REQ)
        body = self.expect(CONFIG_STAT)
        assert len(body) == 112
        lines, dials = struct.unpack_from("<II", body, 104)
        return {"name": fixed(body[:16]), "lines": lines, "speed_dials": dials}

    def line(self, instance):
        self.send(LINE_STAT_REQ, u32s(instance))
        if self.version < 17:
            body = self.expect(LINE_STAT)
            assert len(body) == 112
            texts = fixed(body[4:28]), fixed(body[28:68]), fixed(body[68:108])
        else:
            body = self.expect(LINE_STAT_DYNAMIC)
            texts = tuple(t.decode() for t in body[8:].split(b"\0")[:3])
        assert struct.unpack_from("<I", body)[0] == instance
        return dict(zip(("number", "name", "label"), texts))

    def speed_dial(self, index):
        self.send(SPEED_DIAL_STAT_REQ, u32s(index))
        body = self.expect(SPEED_DIAL_STAT)
        assert len(body) == 68 and struct.unpack_from("<I", body)[0] == index
        return fixed(body[4:28]), fixed(body[28:68])

    def feature(self, index):
        self.send(FEATURE_STAT_REQ, u32s(index, 1))
        if self.version < 15:
            body = self.expect(FEATURE_STAT)
            _, kind = struct.unpack_from("<II", body)
            return kind, struct.unpack_from("<I", body, 48)[0], fixed(body[8:48])
        body = self.expect(FEATURE_STAT_DYNAMIC)
        _, kind, status = struct.unpack_from("<III", body)
        return kind, status, body[12:].split(b"\0", 1)[0].decode()

    def forward(self, line):
        self.send(FORWARD_STAT_REQ, u32s(line))
        body = self.expect(FORWARD_STAT)
        width = 24 if self.version < 18 else 25
        active, got = struct.unpack_from("<II", body)
        assert got == line
        at, numbers = 8, []
        for _ in range(3):
            on = struct.unpack_from("<I", body, at)[0]
            numbers.append(fixed(body[at + 4:at + 4 + width]) if on else None)
            at += 4 + width
        assert bool(active) == any(numbers)
        return numbers

    def server_list(self):
        self.send(SERVER_REQ)
        body = self.expect(SERVER_RES)
        assert len(body) == (280 if self.version < 17 else 360)
        names = [fixed(body[i:i + 48]) for i in range(0, 240, 48)]
        return [(n, p) for n, p in zip(names, struct.unpack_from("<5I", body, 240)) if n]

    def time(self):
        """(year, month, weekday, day, hour, minute, second, ms, unix)"""
        self.send(TIME_DATE_REQ)
        body = self.expect(DEFINE_TIME_DATE)
        assert len(body) == 36
        return struct.unpack("<9I", body)

    def boot(self, lines=1):
        """What a 7941 asks after RegisterAck, several requests in one segment where it does so too."""
        self.send_raw(packet(IP_PORT, u32s(16384)) + packet(HEADSET_STATUS, u32s(2)))
        self.capabilities()
        self.buttons = self.button_template()
        self.keys = self.soft_key_template()
        self.sets = self.soft_key_sets()
        self.config = self.config_stat()
        self.lines = [self.line(i + 1) for i in range(lines)]
        self.forwards = [self.forward(i + 1) for i in range(lines)]
        self.send(AVAILABLE_LINES, u32s(lines))
        self.clock = self.time()
        self.expect(PROMPT if self.version < 8 else PROMPT_DYNAMIC)
        return self

    def keepalive(self):
        self.send(KEEPALIVE)
        assert self.expect(KEEPALIVE_ACK) == b""

    def unregister(self):
        self.send(UNREGISTER, u32s(0))
        return struct.unpack("<I", self.expect(UNREGISTER_ACK))[0]

    def wait_reset(self, timeout=10):
        """1 reset, 2 restart, 3 apply-config"""
        return struct.unpack("<I", self.expect(RESET, timeout))[0]

    def alarm(self, text, severity=2):
        self.send(ALARM, u32s(severity) + text.encode().ljust(80, b"\0") + u32s(0, 0))

    def into(self, capture):
        """Lays the exchange into a capture (tests/peer/capture.py) as one connection to port 2000."""
        flow = capture.tcp(("10.0.0.2", 50001), ("10.0.0.1", 2000))
        for way, data in self.exchange:
            flow.sent(data) if way == "sent" else flow.received(data)
        return capture
