"""The referee of REST answers: every exchange of a test run against the server's own OpenAPI."""
import re
import urllib.parse

import jsonschema


class OpenApi:
    def __init__(self, doc):
        self.doc = doc
        self.base = doc["servers"][0]["url"]
        self.routes = []
        for path, item in doc["paths"].items():
            pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part)
                              for part in re.split(r"(\{[^}]+\})", path))
            # words win over parameters, as in the server
            rank = (path.count("{"), -len(path))
            self.routes.append((rank, re.compile(pattern + r"\Z"), path, item))
        self.routes.sort(key=lambda r: r[0])

    def operation(self, method, path):
        path = path.split("?")[0]
        for _, pattern, _, item in self.routes:
            if pattern.match(path) and method.lower() in item:
                return item[method.lower()]
        return None

    def operations(self):
        for _, _, path, item in self.routes:
            for method, op in item.items():
                yield method.upper(), path, op

    def check(self, method, path, answer):
        """Raises when an answer is not what the description promises."""
        op = self.operation(method, path)
        if op is None:
            assert answer.status in (400, 403, 404, 405), f"{method} {path}: {answer} is not described"
            return
        promised = op["responses"].get(str(answer.status))
        if promised is None:
            if answer.status == 304:
                return
            assert answer.status >= 400, f"{method} {path} answers {answer.status}, which is not described"
            promised = op["responses"]["default"]
        content = promised.get("content")
        if not content:
            assert not answer.body, f"{method} {path}: {answer.status} should be empty, is {answer.body[:200]!r}"
            return
        kind = answer.headers["content-type"].split(";")[0]
        assert kind in content, f"{method} {path}: {kind} is not among {list(content)}"
        value = answer.body.decode() if kind == "text/plain" else answer.json()
        self.validate(content[kind]["schema"], value, f"{method} {path} {answer.status}")

    def validate(self, schema, value, what):
        whole = {**schema, "components": self.doc["components"]}
        errors = sorted(jsonschema.Draft202012Validator(whole).iter_errors(value), key=lambda e: list(e.path))
        if errors:
            e = errors[0]
            raise AssertionError(f"{what}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}")

    def fill(self, path, values=None):
        """A path with its parameters filled in."""
        values = {"tag": "1", "device": "SEP001122334455", "revision": "1", "session": "0" * 20,
                  "token": "0" * 20, "username": "nobody", "member": "nothing", "key": "1", "name": "nothing",
                  "file": "nothing", **(values or {})}
        return re.sub(r"\{([^}]+)\}", lambda m: urllib.parse.quote(values.get(m.group(1), "1"), safe=""), path)
