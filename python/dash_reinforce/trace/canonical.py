"""Canonical JSON, over which a state's hash is taken: keys in order, no spaces, numbers as Rust's serde_json writes them."""

from __future__ import annotations

import math
from json.encoder import encode_basestring as _quoted
from typing import Any


def canonical(value: Any, where: str = "state") -> bytes:
    """The canonical JSON of a value.

    Raises ValueError where the value is not JSON: another type, a key that is no string, a number that is not finite,
    half a surrogate pair.
    """
    out: list[str] = []
    try:
        _append(value, out, where)
        return "".join(out).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"{where}: not UTF-8: {error}") from None
    except RecursionError:
        raise ValueError(f"{where}: nested too deeply, or within itself") from None


def _append(value: Any, out: list[str], where: str) -> None:
    if value is None:
        out.append("null")
    elif value is True:
        out.append("true")
    elif value is False:
        out.append("false")
    elif isinstance(value, str):
        out.append(_quoted(value))
    elif isinstance(value, int):
        if -(1 << 63) <= value < 1 << 64:
            out.append(int.__repr__(value))
        else:  # JSON's readers have 64 bits, and read a longer one as a float
            try:
                out.append(number(float(value), where))
            except OverflowError:
                raise ValueError(f"{where}: an integer that is too large") from None
    elif isinstance(value, float):
        out.append(number(value, where))
    elif isinstance(value, dict):
        out.append("{")
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"{where}: the key {key!r} is no string")
        for index, key in enumerate(sorted(value)):
            out.append("," if index else "")
            out.append(_quoted(key))
            out.append(":")
            _append(value[key], out, f"{where}.{key}")
        out.append("}")
    elif isinstance(value, (list, tuple)):
        out.append("[")
        for index, one in enumerate(value):
            out.append("," if index else "")
            _append(one, out, f"{where}[{index}]")
        out.append("]")
    else:
        raise ValueError(
            f"{where}: {type(value).__name__} is no JSON: give texts, numbers, booleans, lists, dictionaries"
        )


def number(value: float, where: str = "number") -> str:
    """The shortest decimal that reads back as the same float, in the form that Rust gives it."""
    if not math.isfinite(value):
        raise ValueError(f"{where}: {value} is not finite")
    text = float.__repr__(value)
    sign = "-" if text.startswith("-") else ""
    mantissa, _, exponent = text[len(sign) :].partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0") or "0"
    if value == 0:
        return sign + "0.0"
    if 0 < point <= 16:
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits)) + ".0"
        return sign + digits[:point] + "." + digits[point:]
    if -5 < point <= 0:
        return sign + "0." + "0" * -point + digits
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1}"
