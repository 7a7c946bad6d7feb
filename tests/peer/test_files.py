"""Phone files by real clients: curl over TFTP and HTTP, xmllint and Python's parser as referees, and one
name space behind both transports."""
import http.client
import pathlib
import random
import socket
import struct
import subprocess
import urllib.parse
import xml.etree.ElementTree as ET

import pytest

from conftest import wait_until

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "provision"
SIP, SCCP = "001122334455", "000A000B0001"
SIP_FILE, SCCP_FILE = f"SEP{SIP}.cnf.xml", f"SEP{SCCP}.cnf.xml"


def curl(url):
    """(exit code, bytes); --path-as-is, because curl would tidy the path up itself."""
    p = subprocess.run(["curl", "-sS", "--fail", "--path-as-is", "--max-time", "20", url],
                       capture_output=True, check=False)
    return p.returncode, p.stdout


def tftp_url(server, name):
    return f"tftp://127.0.0.1:{server.port('tftp')}/{name}"


def http_url(server, name):
    return f"http://127.0.0.1:{server.port('hfs')}/{name}"


def tftp_get(port, name, timeout=5):
    """RFC 1350 in thirty lines: the bytes, or None for an ERROR packet."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(timeout)
    sock.sendto(b"\x00\x01" + name + b"\x00octet\x00", ("127.0.0.1", port))
    out, block = b"", 1
    try:
        while True:
            packet, peer = sock.recvfrom(2048)
            op, number = struct.unpack("!HH", packet[:4])
            if op == 5:
                return None
            assert op == 3, packet[:20]
            if number == block:
                out, block = out + packet[4:], (block + 1) & 0xFFFF
            sock.sendto(struct.pack("!HH", 4, number), peer)
            if number == (block - 1) & 0xFFFF and len(packet) < 516:
                return out
    finally:
        sock.close()


def http_get(connection, name):
    """The bytes, or None for 404 and for what no URL can say (400)."""
    connection.putrequest("GET", "/" + urllib.parse.quote(name, safe="/"), skip_accept_encoding=True)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status in (200, 400, 404), answer.status
    return body if answer.status == 200 else None


@pytest.fixture(scope="module")
def site(server):
    server.ok(server.patch("/config/telephony-service", {
        "time_zone": 23, "date_format": "dd-mm-yy", "time_format": 24,
        "service_phone": {"webAccess": "0"}, "loads": {"7962": "SCCP42.9-4-2SR3-1S"}}))
    server.ok(server.patch("/config/voice-register/global", {
        "time_zone": 23, "loads": {"7962": "SIP42.9-4-2SR3-1S"}}))
    server.add_sip_phone(11, SIP, "2012", username="lab", password="p<&>w", name="Lab + Öst")
    server.add_sccp_phone(12, SCCP, "1001")
    return server


def xmllint(data):
    subprocess.run(["xmllint", "--noout", "-"], input=data, check=True, capture_output=True)


def test_both_transports_give_the_same_well_formed_file(site, req):
    for name in (SIP_FILE, SCCP_FILE, "XMLDefault.cnf.xml"):
        code, by_tftp = curl(tftp_url(site, name))
        assert code == 0
        code, by_http = curl(http_url(site, name))
        assert code == 0
        assert by_tftp == by_http
        assert len(by_http) > 500
        xmllint(by_http)
    req("R-103")


def test_sip_file_says_what_was_configured(site, req):
    root = ET.fromstring(curl(http_url(site, SIP_FILE))[1])
    line = root.find("sipProfile/sipLines/line")
    assert line.get("button") == "1"
    assert line.findtext("name") == "2012"
    assert line.findtext("displayName") == "Lab + Öst"
    assert line.findtext("authName") == "lab"
    assert line.findtext("authPassword") == "p<&>w"
    assert root.findtext("devicePool/dateTimeSetting/ntps/ntp/ntpMode") == "Unicast"
    assert root.findtext("devicePool/dateTimeSetting/timeZone") == "W. Europe Standard/Daylight Time"
    assert root.findtext("devicePool/callManagerGroup/members/member/callManager/processNodeName") \
        == "127.0.0.1"
    assert root.findtext("loadInformation") == "SIP42.9-4-2SR3-1S"
    stamp = root.findtext("versionStamp")
    assert len(stamp) == 16 and stamp.isdigit()
    req("R-285")


def test_sccp_file_says_what_was_configured(site):
    root = ET.fromstring(curl(http_url(site, SCCP_FILE))[1])
    assert root.find("sipProfile") is None
    assert root.findtext("deviceProtocol") == "SCCP"
    assert root.findtext("devicePool/dateTimeSetting/dateTemplate") == "D/M/Y"
    assert root.findtext("vendorConfig/webAccess") == "0"
    member = root.find("devicePool/callManagerGroup/members/member")
    assert member.get("priority") == "0"
    assert member.findtext("callManager/ports/ethernetPhonePort") == "2000"


def test_absence_is_the_same_for_both(site):
    for name in ("SEP0011223344FF.cnf.xml", "CTLSEP001122334455.tlv", "nothing"):
        assert curl(tftp_url(site, name))[0] == 68  # curl: file not found on the TFTP server
        assert curl(http_url(site, name))[0] == 22  # curl: 400 and above


def odd_names(count):
    """Names that phones, tools and intruders use, bent at random; the same ones in every run."""
    rng = random.Random(6970)
    bases = [SIP_FILE, SCCP_FILE, "XMLDefault.cnf.xml", "term41.default.loads", "United_States/g3-tones.xml",
             "ring list.xml", "übung.raw", "etc/passwd", "SIPDefault.cnf", "store.key", "a%41b", "x?y", "plus+"]
    fixes = ["", "/", "//", "./", "../", "/../", "system:/its/", "flash:", "its/", "cme/sipphone/", "..\\", "C:",
             "a/../", "files/", "%2e%2e/", "..;/", "~/", ".", "&", "#"]
    for base in bases:
        yield base
    for _ in range(count):
        name = rng.choice(bases)
        for _ in range(rng.randrange(4)):
            kind, at = rng.randrange(6), rng.randrange(len(name) + 1)
            if kind == 0:
                name = rng.choice(fixes) + name
            elif kind == 1:
                name = name.swapcase() if rng.random() < 0.5 else name.upper()
            elif kind == 2:
                name = name[:at] + rng.choice("/.\\%:é \x01\x7f") + name[at:]
            elif kind == 3:
                name = name[:at] + name[at + 1:] or "x"
            elif kind == 4:
                name = name + rng.choice(["/", "/.", "/..", ".sgn", " ", "x" * 120])
            else:
                name = name[:at].lower() + name[at:]
        yield name


def test_any_name_gives_the_same_by_tftp_and_http(site, req):
    files = site.data / "files"
    (files / "United_States").mkdir(exist_ok=True)
    for name in ("TERM41.DEFAULT.loads", "United_States/g3-tones.xml", "ring list.xml", "übung.raw",
                 "aAb", "a%41b", "x?y", "plus+"):
        (files / name).write_bytes(name.encode() * 100)
    tftp = site.port("tftp")
    connection = http.client.HTTPConnection("127.0.0.1", site.port("hfs"), timeout=20)
    found = missing = 0
    for name in odd_names(600):
        by_tftp, by_http = tftp_get(tftp, name.encode()), http_get(connection, name)
        assert by_tftp == by_http, repr(name)
        if by_tftp is None:
            missing += 1
        else:
            found += 1
            assert b"root:" not in by_tftp
    assert found > 100 and missing > 100, (found, missing)
    req("R-103")


def test_a_preview_names_exactly_what_a_commit_changes(site):
    names = [SIP_FILE, SCCP_FILE, "XMLDefault.cnf.xml"]
    before = {n: curl(http_url(site, n))[1] for n in names}
    change = {"label": "Renamed"}
    plan = site.ok(site.patch("/config/voice-register/dns/11?dry_run=true", change))
    assert plan["files"] == [SIP_FILE]
    assert [p["device"] for p in plan["affected_phones"]] == [f"SEP{SIP}"]
    assert {n: curl(http_url(site, n))[1] for n in names} == before
    site.ok(site.patch("/config/voice-register/dns/11", change))
    after = {n: curl(http_url(site, n))[1] for n in names}
    assert [n for n in names if after[n] != before[n]] == [SIP_FILE]


def test_a_stamp_set_by_hand_is_in_the_file_until_its_bytes_change(site):
    stamp = "4242424242424242"
    site.ok(site.patch("/config/voice-register/global",
                       {"profile": {"create": {"enabled": True, "version_stamp": stamp}}}))
    assert ET.fromstring(curl(http_url(site, SIP_FILE))[1]).findtext("versionStamp") == stamp
    assert ET.fromstring(curl(http_url(site, SCCP_FILE))[1]).findtext("versionStamp") != stamp
    site.ok(site.patch("/config/voice-register/dns/11", {"label": "Again"}))
    assert ET.fromstring(curl(http_url(site, SIP_FILE))[1]).findtext("versionStamp") != stamp


def test_requests_are_steps_of_the_phone(site):
    curl(http_url(site, SIP_FILE))
    curl(tftp_url(site, SIP_FILE))

    def both_told():
        text = str(site.timeline(f"SEP{SIP}"))
        return "http" in text and "tftp" in text
    wait_until(both_told, "both requests on the timeline")


def test_hfs_follows_the_switch_without_a_restart(site, req):
    port = site.port("hfs")
    site.ok(site.patch("/config/telephony-service", {"hfs": {"enabled": False}}))

    def refused():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) != 0
    wait_until(refused, "closed port")
    assert curl(tftp_url(site, SIP_FILE))[0] == 0
    site.ok(site.patch("/config/telephony-service", {"hfs": {"enabled": True}}))
    wait_until(lambda: curl(http_url(site, SIP_FILE))[0] == 0, "file over HTTP again")
    req("R-115")


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.xml")), ids=lambda p: p.name)
def test_reviewed_files_hold_for_other_parsers(path):
    data = path.read_bytes()
    xmllint(data)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<')
    assert b"\r" not in data and b"<!" not in data
    root = ET.fromstring(data)
    assert root.tag in ("device", "Default")
    servers = [m.findtext("callManager/processNodeName") for m in root.iter("member")]
    assert servers[0] == "192.0.2.10"
    if root.find("sipProfile") is not None:
        assert any(line.findtext("featureID") == "9" for line in root.iter("line"))
        assert all(len(line.findtext("featureLabel")) <= 30 for line in root.iter("line"))
    if path.name == "sccp-7960.xml":
        assert len(data) < 8000
