"""Every row of the schema over REST: its default, a value that is set and read back, values that are refused with
the model's text, the export, the export read back, and the `no` form. The rows come from GET /schema, so a new one is
walked by being there."""
import pytest
import row_samples as sample
from conftest import Server

# What a cross-check wants beside a member of an object.
WITH = {
    ("ephones", "ephone_template"): {"mac_address": "00112233AA66"},
    ("ephone-hunts", "hops"): {"list": ["1000", "1001"]},
    ("voice-hunt-groups", "hops"): {"list": ["1000", "1001"]},
    ("platform-config", "receive_rtp_timeout"): {"gateway": True},
    ("telephony-service", "source_addresses"): {"protocol_mode": {"mode": "dual-stack"}},
}
# Values that no type can tell.
VALUES = {
    ("night_service", "code"): "*123",
    ("night_service", "days", "{}"): "18:00", ("night_service", "dates", "{}"): "18:00",
    ("night_service", "day_groups", "{}"): "18:00",
    ("after_hours", "days", "{}"): "18:00", ("after_hours", "dates", "{}"): "18:00",
    ("fac", "aliases", "{}", "code"): "77", ("transfer_system", "mode"): "full-consult", ("fac", "mode"): "custom",
    ("dialplan_patterns", "{}", "extension_length"): 4, ("dialplan_patterns", "{}", "extension_pattern"): "12..",
    ("list",): ["1000", "1001"], ("hops",): 2,
    ("vpn_groups", "{}", "gateways", "{}"): "https://10.1.2.3/x", ("patterns", "{}", "pattern"): "12..",
    ("raw_lines", "{}", "mode"): "ephone-dn 1", ("raw_lines", "{}", "text"): "something else",
    ("protocol_mode", "mode"): "dual-stack", ("tftp_path", "url"): "tftp://10.1.2.3/x",
}
# A command of each mode that is kept without a row.
OPTIONS = {
    "sip-ua": "presence enable", "voice-ports": "cptone DE",
    "voice-register/global": "camera", "voice-register/dns": "mobility",
}
KEYS = {"extension_ranges": "1000,1FFF", "cor": "incoming,1", "interfaces": "GigabitEthernet0/0", "raw_lines": "1",
        "call_forward": "noan", "numbers": "1000", "authentications": "alice,example.org"}


# ---- the schema ----

def patch(server, path, value):
    """A merge patch of an object that may not be there yet."""
    answer = server.patch(f"/config/{path}", value)
    if answer.status == 412:
        answer = server.patch(f"/config/{path}", value, headers={})
    return answer


class Schema:
    def __init__(self, server):
        self.server = server
        self.objects = server.ok(server.get("/schema"))["objects"]
        self.by_path = {o["path"]: o for o in self.objects}

    def referents(self):
        """Members that others follow or name: they are walked before anything else is there."""
        names = set()

        def look(f):
            for at in ("ref", "max_from"):
                if "#" in f.get(at, ""):
                    names.add(tuple(f[at].split("#")))
            for below in ("keys", "members"):
                for m in f.get(below, []):
                    look(m)
            if "item" in f:
                look(f["item"])
        for o in self.objects:
            for f in o["fields"] + ([o["key"]] if "key" in o else []):
                look(f)
        return names

    def can_name(self, row):
        row = row.get("item", row)
        return not row.get("ref") or row["ref"].partition("#")[0] in self.by_path

    def ref(self, what):
        """The value that a reference to `what` may have."""
        path, _, member = what.partition("#")
        if path not in self.by_path:
            return 1
        o = self.by_path[path]
        if not member:
            return sample.leaf(o["key"], self.ref) if o["key"]["type"] != "int" else 1
        f = next(f for f in o["fields"] if f["name"] == member)
        return sample.leaf(f["item"], self.ref) if "item" in f else sample.key(f, self.ref)


def leaves(f, at=()):
    """(path, row) of every value below a row; an entry of a map stands at "{}"."""
    if "read_only" in f["flags"] or "exists" in f["flags"]:
        return
    if f["type"] == "object":
        if "presence" in f["flags"]:
            yield at, f
        for m in f["members"]:
            yield from leaves(m, at + (m["name"],))
    elif f["type"] == "map":
        if "item" in f:
            yield from leaves(f["item"], at + ("{}",))
        elif f["members"]:
            for m in f["members"]:
                yield from leaves(m, at + ("{}", m["name"]))
        else:
            yield at + ("{}",), f
    else:
        yield at, f


# ---- values with some of their leaves ----

def build(f, wanted, refs, at=(), values=VALUES):
    """A value of `f` with the leaves of `wanted` and what the rows require; None: it holds none of them."""
    if f["type"] == "object":
        if not required(f) and not any(w[:len(at)] == at for w in wanted):
            return None
        return {m["name"]: v for m in f["members"]
                if (v := build(m, wanted, refs, at + (m["name"],), values)) is not None}
    if f["type"] == "map":
        below = at + ("{}",)
        inside = [w for w in wanted if w[:len(below)] == below]
        if not inside and not required(f):
            return None
        if "item" in f:
            return {key_of(f, refs): values.get(below) or sample.leaf(f["item"], refs)}
        return {key_of(f, refs): {m["name"]: v for m in f["members"]
                                        if (v := build(m, wanted, refs, below + (m["name"],), values)) is not None}}
    if at in wanted or required(f):
        return values[at] if at in values else sample.leaf(f, refs)
    return None


def key_of(f, refs):
    if f["name"] == "numbers" and f["keys"][0]["type"] == "int":
        return sample.key(f, refs)
    if f["name"] == "urls":  # a menu name goes with services only
        return f["keys"][0].get("choices", ["services"])[-1]
    return KEYS.get(f["name"]) or sample.key(f, refs)


def required(f):
    return "required" in f["flags"]


def held(f, value, at=()):
    """The leaves that a value holds."""
    if f["type"] == "object":
        out = {at} if "presence" in f["flags"] else set()
        for m in f["members"]:
            if m["name"] in value:
                out |= held(m, value[m["name"]], at + (m["name"],))
        return out
    if f["type"] == "map":
        entry = next(iter(value.values()))
        below = at + ("{}",)
        if "item" in f or not f["members"]:
            return {below}
        return set().union(*(held(m, entry[m["name"]], below + (m["name"],))
                             for m in f["members"] if m["name"] in entry))
    return {at}


def masked(f, value):
    """As a read shows it: secrets say only that they are set."""
    if f["type"] == "object":
        return {m["name"]: masked(m, value[m["name"]]) for m in f["members"] if m["name"] in value}
    if f["type"] == "map":
        (k, entry), = value.items()
        if "item" in f:
            return {k: masked(f["item"], entry)}
        return {k: {m["name"]: masked(m, entry[m["name"]]) for m in f["members"] if m["name"] in entry}}
    return {"set": True} if f["type"] == "secret" else value


def pointer(text):
    """The parts of a fault's field."""
    return [p.replace("~1", "/").replace("~0", "~") for p in text.split("/")[1:]]


# ---- one object ----

class Walk:
    """Walks the members of one object, at `path`, which is at its base before and after each of them."""

    def __init__(self, schema, o, path, skip=()):
        self.schema, self.server, self.o, self.path = schema, schema.server, o, path
        self.fields = {f["name"]: f for f in o["fields"]}
        self.skip = skip
        self.faults = []

    def url(self):
        return f"/config/{self.path}"

    def stored(self):
        answer = self.server.get(self.url() + "?defaults=false")
        return self.server.ok(answer)

    def patch(self, value):
        return patch(self.server, self.path, value)

    def say(self, what, *more):
        self.faults.append(f"{self.path}: {what}: " + " ".join(str(m)[:400] for m in more))

    def all(self, only=None):
        self.patch({n: True for n, f in self.fields.items() if "exists" in f["flags"]})
        base, self.before = self.stored(), set(self.export())
        for name, f in self.fields.items():
            if name not in self.skip and (not only or name in only):
                self.member(name, f, base)
        return self.faults

    def undo(self, names, base):
        """Each of `names` as it was; the `no` form where it was not there."""
        if any({"fixed", "required"} & set(self.fields[n]["flags"]) for n in names):
            self.server.delete(self.url())
            return self.server.put(self.url(), {n: v for n, v in base.items() if n != self.o["key"]["name"]}, headers={})
        ops = [{n: None for n in names if "exists" not in self.fields[n]["flags"]}, {n: base[n] for n in names if n in base}]
        return self.server.post("/transactions", {"operations": [
            {"op": "patch", "path": self.path, "value": v, "if_match": "*"} for v in ops if v]})

    # ---- setting and taking away ----
    def member(self, name, f, base):
        todo = {(name, *at) for at, row in leaves(f) if self.schema.can_name(row)}
        while todo:
            value = self.acceptable(name, f, todo)
            if value is None:
                return
            got = self.held(value)
            if not got & todo:
                self.say("cannot be set", sorted(todo), value)
                return
            todo -= got
            self.try_value(name, value, base)

    def held(self, value):
        out = set()
        for name, v in value.items():
            out |= {at for at in held(self.fields[name], v, (name,))}
        return out

    def build(self, wanted):
        out = {}
        for name in dict.fromkeys(w[0] for w in wanted):
            v = build(self.fields[name], wanted, self.schema.ref, (name,), self.values)
            if v is not None:
                out[name] = v
        return out

    def acceptable(self, name, f, todo):
        """A patch that the server takes and that holds some of `todo`: what excludes each other is left out, what
        is needed beside comes along."""
        first = min(todo)
        self.values = {**VALUES, ("options",): OPTIONS.get(self.o["path"])}
        wanted = set(todo)
        if self.is_off(first):
            wanted = {first}
        wanted -= {at for at in wanted if at != first and self.is_off(at)}
        for _ in range(20):
            value = {**WITH.get((self.o["path"], name), {}), **self.build(wanted)}
            if "fixed" in f["flags"]:
                self.server.delete(self.url())
                answer = self.server.put(self.url(), value, headers={})
            else:
                answer = self.patch(value)
            if answer.status < 300:
                return value
            body = answer.json()
            for fault in body.get("errors") or [body]:
                self.repair(fault, wanted, first)
        self.say("is refused", value, answer)
        return None

    def is_off(self, at):
        """A switch that is on by default: switched off it takes the rest of its line along."""
        return len(at) > 1 and self.row(at).get("type") == "bool" and self.row(at).get("default")

    def repair(self, fault, wanted, first):
        at = self.leaf_of(fault.get("field", ""))
        text, together = fault.get("detail", ""), "Can be set only together with "
        need, _, constant = text[len(together):].partition(" ") if text.startswith(together) else ("", "", "")
        if need and (at == first or not constant):
            wanted.add(self.resolve(at, need))
            if constant:
                self.values[self.resolve(at, need)] = constant
        elif at == first:
            wanted &= {first}
        else:
            wanted -= {w for w in wanted if w[:len(at)] == at and w != first}

    def leaf_of(self, text):
        at, f = [], None
        for part in pointer(text):
            if f and f["type"] == "map":
                at.append("{}")
                f = f.get("item") or {"type": "object", "members": f.get("members", []), "flags": []}
                continue
            members = self.o["fields"] if f is None else f.get("members", [])
            f = next((m for m in members if m["name"] == part), None)
            at.append(part)
        return tuple(at)

    def row(self, at):
        f = {"members": self.o["fields"]}
        for part in at:
            if part == "{}":
                f = f.get("item") or {"members": f["members"], "flags": []}
            else:
                f = next(m for m in f["members"] if m["name"] == part)
        return f

    def resolve(self, at, need):
        """The path of what `need` names, seen from the entry or the object that `at` is in."""
        last = max((i for i, p in enumerate(at) if p == "{}"), default=None)
        above = at[:last + 1] if last is not None else ()
        return above + tuple(need.split("."))

    def try_value(self, name, value, base):
        now = self.stored()
        for n, v in value.items():
            if now.get(n) != masked(self.fields[n], v):
                self.say("reads differently", n, v, now.get(n))
        self.comes_back(value, base, now)
        after = self.stored()
        if after == base:
            return
        answer = self.undo(value, base)
        after = self.stored()
        if answer.status >= 300 or after != base:
            self.say("does not go back to its default", value, {k: v for k, v in after.items() if base.get(k) != v}, answer)

    def comes_back(self, value, base, now):
        """The export says it, and an import of the export makes it so; the `no` form takes it away."""
        text = self.export()
        lines = [line for line in text if line not in self.before]
        hashed = any("hash" in self.row(at)["flags"] for at in self.held(value))  # nobody knows it any more
        if not hashed and self.undo(value, base).status >= 300 or not lines:
            return
        self.read_in(text, "replace")
        if (got := self.stored()) != now:
            self.say("comes back otherwise from its export", lines, changed(now, got))
        elif not (self.o["collection"] and any(line[0] != " " for line in lines)):  # `no` of an item is its end
            self.taken_back(text, lines, base)

    def taken_back(self, text, lines, base):
        """By `no`; by `default` where `no` switches off what is on by default; by the line as it was where it says
        something else as well."""
        was = {line.split()[0]: line for line in self.before if line[:1] == " "}
        if any(line.split()[0] == "max-dn" for line in lines) and "max-dn" in was:
            self.read_in([was[line.split()[0]] if line in lines else line for line in text], "replace")
        elif self.o["path"] == "platform-config" and lines == [" something else"]:  # `no` of it is kept as well
            self.read_in([line for line in text if line not in lines], "replace")
        else:
            self.read_in(no_forms(text, self.before, "no "), "merge")
            if self.stored() != base and any(self.switched_off(f, self.stored().get(n)) for n, f in self.fields.items()):
                self.read_in(no_forms(text, self.before, "default "), "merge")
        if (got := self.stored()) != base:
            self.say("the no form leaves something", lines, changed(base, got))

    def switched_off(self, f, value):
        if f["type"] == "object" and value:
            return any(self.switched_off(m, value.get(m["name"])) for m in f["members"])
        return f["type"] == "bool" and value is False and f.get("default")

    def export(self):
        return self.server.get("/export?secrets=true").body.decode().splitlines()

    def read_in(self, lines, mode):
        answer = self.server.request("POST", f"/import?mode={mode}", raw="\n".join(lines).encode(),
                                     headers={"Content-Type": "text/plain"})
        report = answer.json()
        for line in report.get("lines", []) if answer.status < 300 else []:
            if line["result"] == "refused":
                self.say("is refused", line["text"], line["reason"])
        if answer.status >= 300:
            self.say("is not imported", answer)


def no_forms(text, before, form):
    """What takes the lines away that were not there before, each behind the headers it stands under; a block goes
    with its header."""
    out, above = [], []
    for line in text:
        depth = len(line) - len(line.lstrip())
        while above and len(above[-1]) - len(above[-1].lstrip()) >= depth:
            above.pop()
        if line not in before and line[:1] != "!" and not any(a not in before for a in above):
            word = line.strip()
            out += above + [word[3:] if word.startswith("no ") else form + word, "exit"]
        above.append(line)
    return out


def changed(now, got):
    return {k: (now.get(k), got.get(k)) for k in {**now, **got} if now.get(k) != got.get(k)}


@pytest.fixture(scope="module")
def schema():
    server = Server().start()
    try:
        yield Schema(server.set_up(profile="empty"))
    finally:
        server.close()


def base(schema):
    """One item of each collection, so that references have something to name."""
    server, refs = schema.server, schema.referents()
    server.ok(patch(server, "http", {"enabled": True}))
    for path, name in sorted(refs):
        f = next(f for f in schema.by_path[path]["fields"] if f["name"] == name)
        if f["type"] == "int":
            server.ok(patch(server, path, {name: 20}))
    for path, name in sorted(refs):
        f = next(f for f in schema.by_path[path]["fields"] if f["name"] == name)
        if f["type"] == "map":
            server.ok(patch(server, path, {name: build(f, {(name, "{}")}, schema.ref, (name,))}))
    for o in schema.objects:
        if o["collection"]:
            make_item(schema, o, schema.ref(o["path"]))
    for n in ("1000", "1001"):
        server.ok(server.post("/config/ephone-dns", {"number": n}))


def make_item(schema, o, tag):
    from urllib.parse import quote
    value = {}
    for f in o["fields"]:
        if required(f):
            value[f["name"]] = build(f, {(f["name"],)}, schema.ref, (f["name"],))
    path = f"{o['path']}/{quote(str(tag), safe='')}"
    answer = schema.server.put(f"/config/{path}", value, headers={})
    if answer.status == 428:  # there already
        answer = schema.server.put(f"/config/{path}", value)
    schema.server.ok(answer)
    return path


def second(o):
    key = o["key"]
    return min(7, key.get("max", 7)) if key["type"] == "int" else sample.leaf(key, None)[:-1] + "7"


def test_every_row_is_set_read_exported_imported_and_taken_away(schema, req):
    refs, faults = schema.referents(), []
    for path, name in sorted(refs):  # while nothing names them
        o = schema.by_path[path]
        if not o["collection"]:
            faults += Walk(schema, o, path).all(only={name})
    base(schema)
    for o in schema.objects:
        path = make_item(schema, o, second(o)) if o["collection"] else o["path"]
        skip = {name for p, name in refs if p == o["path"]}
        faults += Walk(schema, o, path, skip).all()
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
    req("R-315")
    req("R-325")


# ---- what is refused ----

def wrong(schema, f, at):
    """(value for the top member, pointer, code, text) for this row and all below it."""
    cases = sample.wrong_types(f) + sample.out_of_range(f, None)
    if f.get("ref") and f["type"] == "int":
        cases = sample.wrong_types(f)
    if "read_only" not in f["flags"]:
        yield from ((value, at, code, text) for value, code, text in cases)
    if f["type"] == "object":
        for m in f["members"]:
            for value, where, code, text in wrong(schema, m, at + (m["name"],)):
                yield {m["name"]: value}, where, code, text
    if f["type"] == "map":
        key = key_of(f, schema.ref)
        for m in [f["item"]] if "item" in f else f["members"]:
            below = at + (key,) if "item" in f else at + (key, m["name"])
            for value, where, code, text in wrong(schema, m, below):
                yield {key: value if "item" in f else {m["name"]: value}}, where, code, text


def as_pointer(at):
    return "".join("/" + p.replace("~", "~0").replace("/", "~1") for p in at)


def test_wrong_types_and_values_out_of_range_are_refused_with_the_models_text(schema, req):
    server, count = schema.server, 0
    for o in schema.objects:
        path = make_item(schema, o, second(o)) if o["collection"] else o["path"]
        cases = [(f["name"], *c) for f in o["fields"] for c in wrong(schema, f, (f["name"],))]
        for first in range(0, len(cases), 25):
            some = cases[first:first + 25]
            answer = server.post("/transactions", {"base_revision": 10 ** 9, "operations": [
                {"op": "patch", "path": path, "value": {name: value}} for name, value, *_ in some]})
            assert answer.status == 422, (path, answer)
            errors = answer.json()["errors"]
            for i, (name, value, at, code, text) in enumerate(some):
                mine = [e for e in errors if e.get("operation") == i and e["field"] == as_pointer(at)]
                assert mine, (path, at, value, [e for e in errors if e.get("operation") == i])
                assert mine[0]["code"] in (code, "invalid") and (not text or mine[0]["detail"] == text), (path, at, value, mine)
            count += len(some)
    assert count > 1300
    req("R-320")
