"""Canonical JSON, its hash, and JSON Patch, from the specification alone (the processor's code is not looked at)."""

import hashlib
import json
from decimal import Decimal


def number(value: float) -> str:
    """The shortest text that reads back as the same float, in the form that serde_json prints."""
    if value == 0:
        return "-0.0" if str(value).startswith("-") else "0.0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    exponent += len(digits) - len(text)
    head = "-" if sign else ""
    point = len(text) + exponent
    if 0 <= exponent and point <= 16:
        return head + text + "0" * exponent + ".0"
    if 0 < point <= 16:
        return head + text[:point] + "." + text[point:]
    if -5 < point <= 0:
        return head + "0." + "0" * -point + text
    mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
    return f"{head}{mantissa}e{point - 1}"


def _has_float(value) -> bool:
    if isinstance(value, float):
        return True
    if isinstance(value, dict):
        return any(map(_has_float, value.values()))
    return isinstance(value, list) and any(map(_has_float, value))


def text(value) -> str:
    """Keys sorted, no spaces, shortest floats, non-ASCII as it is."""
    if not _has_float(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{text(key)}:{text(value[key])}" for key in sorted(value)) + "}"
    return "[" + ",".join(map(text, value)) + "]"


def sha256(value) -> bytes:
    return hashlib.sha256(text(value).encode()).digest()


def matches(value, digest: bytes) -> bool:
    """Whether a state has this hash in either of the two forms that are alive (exponents with and without a plus)."""
    plain = text(value)
    if hashlib.sha256(plain.encode()).digest() == digest:
        return True
    if "e" not in plain or not _has_float(value):
        return False
    return hashlib.sha256(_signed(value).encode()).digest() == digest


def _signed(value) -> str:
    if isinstance(value, float):
        plain = number(value)
        return plain if "e-" in plain else plain.replace("e", "e+")
    if isinstance(value, dict):
        return "{" + ",".join(f"{text(key)}:{_signed(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_signed, value)) + "]"
    return text(value)


class PatchError(Exception):
    """An operation that cannot be applied."""


def _tokens(path: str) -> list[str]:
    if path == "":
        return []
    if not path.startswith("/"):
        raise PatchError(path)
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]


def _index(token: str, count: int, end: bool) -> int:
    if end and token == "-":
        return count
    if not token.isascii() or not token.isdigit() or (token != "0" and token.startswith("0")):
        raise PatchError(token)
    if int(token) > count - (0 if end else 1):
        raise PatchError(token)
    return int(token)


def _get(state, tokens: list[str]):
    for token in tokens:
        if isinstance(state, dict):
            if token not in state:
                raise PatchError(token)
            state = state[token]
        elif isinstance(state, list):
            state = state[_index(token, len(state), end=False)]
        else:
            raise PatchError(token)
    return state


def _change(state, tokens: list[str], value, op: str):
    """The state with one place changed; places on the way are copied, so that earlier states stay as they were."""
    if not tokens:
        return value
    token, rest = tokens[0], tokens[1:]
    if isinstance(state, dict):
        state = dict(state)
        if rest or op in ("remove", "replace"):
            if token not in state:
                raise PatchError(token)
        if rest:
            state[token] = _change(state[token], rest, value, op)
        elif op == "remove":
            del state[token]
        else:
            state[token] = value
        return state
    if not isinstance(state, list):
        raise PatchError(token)
    state = list(state)
    index = _index(token, len(state), end=op == "add" and not rest)
    if rest:
        state[index] = _change(state[index], rest, value, op)
    elif op == "remove":
        del state[index]
    elif op == "add":
        state.insert(index, value)
    else:
        state[index] = value
    return state


def apply(state, op: str, path: str, value=None, source: str = ""):
    """The state after one RFC 6902 operation.

    Raises PatchError where it cannot be applied.
    """
    tokens = _tokens(path)
    if op in ("move", "copy"):
        origin = _tokens(source)
        value = _get(state, origin)
        if op == "move":
            if tokens[: len(origin)] == origin and tokens != origin:
                raise PatchError(path)
            state = _change(state, origin, None, "remove")
        return _change(state, tokens, value, "add")
    if op == "test":
        if text(_get(state, tokens)) != text(value):
            raise PatchError(path)
        return state
    if op == "remove" and not tokens:
        raise PatchError(path)
    return _change(state, tokens, value, op)
