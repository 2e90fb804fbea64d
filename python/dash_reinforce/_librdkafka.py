"""Settings of librdkafka as keyword arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """`security_protocol` is `security.protocol`; callbacks and `log_level` have an underscore of their own."""
    out = {}
    for name, value in given.items():
        own = name in ("log_level", "on_commit") or name.endswith("_cb")
        out[name if own else name.replace("_", ".")] = value
    return out
