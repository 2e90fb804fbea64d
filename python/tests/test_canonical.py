"""Canonical JSON against what Rust's serde_json printed."""

from __future__ import annotations

import hashlib
import json
import math
import random
import struct

import pytest
from conftest import ROOT

from dash_reinforce.trace.canonical import canonical, number


def test_the_golden_vectors_and_their_hashes():
    vectors = json.loads((ROOT / "Tests/Fixtures/golden/canonical_json.json").read_text())["vectors"]
    assert len(vectors) > 10
    for vector in vectors:
        found = canonical(json.loads(vector["json"]))
        assert found.decode() == vector["canonical"], vector["json"]
        assert hashlib.sha256(found).hexdigest() == vector["sha256"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (-2.5, "-2.5"), (0.1, "0.1"), (1e-5, "0.00001"), (1.5e-5, "0.000015"),
        (1e-6, "1e-6"), (-1.25e-7, "-1.25e-7"), (1e15, "1000000000000000.0"), (1e16, "1e16"), (1.5e300, "1.5e300"),
        (123456789.125, "123456789.125"), (1e22, "1e22"), (5e-324, "5e-324"), (1234567890123456.0, "1234567890123456.0"),
        (12345678901234567.0, "1.2345678901234568e16"),
        (98765432109876543.0, "9.876543210987654e16"), (0.3, "0.3"), (100.0, "100.0"),
    ],
)  # fmt: skip
def test_floats_have_the_form_of_rust(value, text):
    assert number(value) == text


def test_every_float_reads_back_as_itself():
    make = random.Random(3)
    for _ in range(20_000):
        value = struct.unpack("<d", struct.pack("<Q", make.getrandbits(64)))[0]
        if math.isfinite(value):
            assert float(number(value)) == value


def test_keys_are_in_order_and_texts_are_as_short_as_can_be():
    assert canonical({"b": 1, "a": [True, None, (1, 2)], "ü": "\u007f\n\x01ü"}).decode() == (
        '{"a":[true,null,[1,2]],"b":1,"ü":"\u007f\\n\\u0001ü"}'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, {1: 2}, {"a": object()}, "\ud800", b"x"])
def test_what_is_no_json_is_refused_and_named(value):
    with pytest.raises(ValueError, match=r"^state\.x"):
        canonical(value, "state.x")


def test_a_value_within_itself_is_refused():
    value = []
    value.append(value)
    with pytest.raises(ValueError, match="nested too deeply"):
        canonical(value)
