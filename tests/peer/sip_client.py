"""A SIP phone of a few lines, for what sipp cannot do: SHA-256, broken messages, exact bytes. Shares no code
with the server; digest by hashlib."""
import hashlib
import re
import socket
import uuid


def digest(algorithm, user, realm, password, method, uri, nonce, nc, cnonce, qop="auth"):
    h = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm.upper()]
    ha1 = h(f"{user}:{realm}:{password}".encode()).hexdigest()
    ha2 = h(f"{method}:{uri}".encode()).hexdigest()
    return h(f"{ha1}:{nonce}:{nc}:{cnonce}:{qop}:{ha2}".encode()).hexdigest()


class Reply:
    def __init__(self, data):
        head, _, self.body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        lines = head.split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = [(k.strip().lower(), v.strip()) for k, _, v in (l.partition(":") for l in lines[1:])]

    def all(self, name):
        return [v for k, v in self.headers if k == name.lower()]

    def one(self, name):
        got = self.all(name)
        return got[0] if got else None

    def challenges(self):
        out = []
        for v in self.all("WWW-Authenticate"):
            out.append({k.lower(): q or t for k, q, t in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', v)})
        return out


class Phone:
    def __init__(self, port, number, user, password, host="127.0.0.1", source="127.0.0.1", agent=None):
        self.remote, self.number, self.user, self.password = (host, port), number, user, password
        self.agent, self.cseq, self.call_id, self.nc = agent, 0, uuid.uuid4().hex, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((source, 0))
        self.socket.settimeout(5)
        self.local = self.socket.getsockname()
        self.challenge = None
        self.capture = None  # a capture.Capture gets every datagram

    def note(self, data, mine):
        if self.capture:
            ends = (("10.0.0.2", 5060), ("10.0.0.1", 5060))
            self.capture.udp(*(ends if mine else ends[::-1]), data)

    def receive(self):
        data = self.socket.recv(65535)
        self.note(data, False)
        return data

    def send(self, data):
        self.note(data, True)
        self.socket.sendto(data, self.remote)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, data):
        self.send(data if isinstance(data, bytes) else data.encode())
        return Reply(self.receive())

    def silent(self, data, seconds=0.5):
        """True when nothing comes back."""
        self.socket.sendto(data, self.remote)
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(65535)
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(5)

    def request(self, method="REGISTER", headers=(), uri=None, branch=None, number=None):
        self.cseq += 1
        uri = uri or f"sip:{self.remote[0]}"
        number = number or self.number
        lines = [f"{method} {uri} SIP/2.0",
                 f"Via: SIP/2.0/UDP {self.local[0]}:{self.local[1]};rport;branch={branch or 'z9hG4bK' + uuid.uuid4().hex}",
                 "Max-Forwards: 70", f"From: <sip:{number}@{self.remote[0]}>;tag={uuid.uuid4().hex[:8]}",
                 f"To: <sip:{number}@{self.remote[0]}>", f"Call-ID: {self.call_id}",
                 f"CSeq: {self.cseq} {method}"]
        if self.agent:
            lines.append(f"User-Agent: {self.agent}")
        return "\r\n".join([*lines, *headers, "Content-Length: 0", "", ""])

    def authorization(self, method="REGISTER", algorithm="MD5", nc=None, password=None):
        ch, uri = self.challenge, f"sip:{self.remote[0]}"
        self.nc = nc or self.nc + 1
        count = f"{self.nc:08x}"
        response = digest(algorithm, self.user, ch["realm"], password or self.password, method, uri,
                          ch["nonce"], count, "abc")
        return (f'Authorization: Digest username="{self.user}", realm="{ch["realm"]}", nonce="{ch["nonce"]}", '
                f'uri="{uri}", response="{response}", algorithm={algorithm}, cnonce="abc", qop=auth, nc={count}')

    def register(self, expires=600, contact=None, algorithm="MD5", password=None, number=None, headers=()):
        """REGISTER, and once more with credentials when asked; the last answer."""
        contact = contact or f"<sip:{self.number}@{self.local[0]}:{self.local[1]}>"
        mine = [f"Contact: {contact}", f"Expires: {expires}", *headers]
        reply = self.ask(self.request(headers=mine, number=number))
        if reply.status != 401:
            return reply
        offered = [c for c in reply.challenges() if c.get("algorithm", "MD5").upper() == algorithm]
        assert offered, reply.headers
        self.challenge, self.nc = offered[0], 0
        return self.ask(self.request(headers=[*mine, self.authorization(algorithm=algorithm, password=password)],
                                     number=number))


class Stream:
    """The same over TCP, bytes as they are."""

    def __init__(self, port, host="127.0.0.1", source="127.0.0.1"):
        self.socket = socket.create_connection((host, port), timeout=5, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local = self.socket.getsockname()
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def options(self, branch):
        return (f"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP {self.local[0]}:{self.local[1]};branch=z9hG4bK{branch}\r\n"
                f"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\n"
                "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode()

    def reply(self):
        """The next answer; every one of ours ends with its head."""
        while b"\r\n\r\n" not in self.pending:
            got = self.socket.recv(65535)
            assert got, "closed"
            self.pending += got
        head, _, self.pending = self.pending.partition(b"\r\n\r\n")
        return Reply(head + b"\r\n\r\n")

    def reply_after_pong(self):
        """An answer behind the CRLF that answers a keep-alive (RFC 5626 4.4.1)."""
        while len(self.pending) < 2:
            self.pending += self.socket.recv(65535)
        assert self.pending.startswith(b"\r\n") and not self.pending.startswith(b"\r\n\r\n")
        self.pending = self.pending[2:]
        return self.reply()

    def is_closed(self):
        try:
            return not self.socket.recv(65535)
        except ConnectionResetError:
            return True
