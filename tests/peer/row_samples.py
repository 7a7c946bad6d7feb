"""A valid value for any row of GET /schema, and values that its type or its limits refuse."""
TEXTS = {
    "digits": "123", "dn_number": "1234", "pattern": "12..", "hex": "1A2B", "mac": "00112233AA55", "ip": "10.1.2.3",
    "ipv4": "10.1.2.3", "ipv6": "2001:db8::1", "ipv4_mask": "255.255.255.0", "ip_mask": "255.255.255.0",
    "multicast": "239.1.2.3", "time": "09:30", "url": "http://10.1.2.3/x", "file": "file.bin", "phone_type": "7962",
    "sip_target": "ipv4:10.1.2.3:5062", "button_list": "3-5",
}
NUMBERS = ("int", "dscp")


def fitted(text, field):
    """Cut or lengthened to the limits of the row."""
    if field.get("max"):
        text = text[:int(field["max"])]
    return text + "1" * (int(field.get("min", 0)) - len(text))


def number(field):
    choices = field.get("choices")
    if choices:
        return next(c for c in choices if c != field.get("default"))
    lo, hi = field.get("min", 0), field.get("max", field.get("min", 0) + 7)
    return next(v for v in (hi, lo, lo + 1) if v != field.get("default"))


def leaf(field, refs):
    """One value that is not the default; refs: what a reference may name."""
    kind = field["type"]
    if field.get("ref"):
        return refs(field["ref"])
    if kind in ("bool", "flag"):
        return not field.get("default", False)
    if kind in NUMBERS:
        return number(field)
    if kind in ("enum", "codec"):
        return next(c for c in field["choices"] if c != field.get("default"))
    if kind == "list":
        return [leaf(field["item"], refs)]
    if kind == "phone_type":
        return field["choices"][0] if field.get("choices") else "7962"
    if kind == "secret":
        return fitted("246813", field)
    return fitted(TEXTS.get(kind, "Two words"), field)


def key(map_field, refs):
    parts = [leaf(k, refs) for k in map_field["keys"]]
    return ",".join(p[0] if isinstance(p, list) else str(p) for p in parts)


def wrong_types(field):
    """(value, code, text) for what no row of this type takes."""
    kind = field["type"]
    if kind in ("bool", "flag"):
        return [("true", "type", "Must be true or false"), (1, "type", "Must be true or false")]
    if kind == "int":
        return [("7", "type", "Must be a whole number"), (1.5, "type", "Must be a whole number")]
    if kind == "dscp":
        return [(True, "type", None)]
    if kind == "list":
        return [(True, "type", "Must be a list")]
    if kind in ("object", "map"):
        return [([1], "type", "Must be an object" + (" keyed by its entries" if kind == "map" else ""))]
    return [(7, "type", None if kind == "secret" else "Must be text")]


def out_of_range(field, limits):
    """(value, code, text) just outside of the limits."""
    kind, lo, hi = field["type"], field.get("min"), field.get("max")
    if kind == "dscp":
        return [(64, "range", "Value 64 out of range 0-63")]
    if kind == "int" and field.get("choices"):
        return [(987654, "range", "Value 987654 is not one of " + ", ".join(str(c) for c in field["choices"]))]
    if kind == "int":
        top = hi if hi is not None else 2 ** 53
        out = [(lo - 1, "range", f"Value {lo - 1} out of range {lo}-{top}")]
        if hi is not None:
            out.append((hi + 1, "range", f"Value {hi + 1} out of range {lo}-{hi}"))
        return out
    if kind == "enum" or kind == "codec":
        return [("no such choice", "invalid", "Must be one of " + ", ".join(field["choices"]))]
    if kind in ("string", "digits", "url", "file", "secret", "dn_number", "hex", "pattern") and hi:
        return [("1" * (int(hi) + 1), "range", None)]
    return []
