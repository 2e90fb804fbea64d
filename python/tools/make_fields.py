"""Writes dash_reinforce/_fields.py, what the protobuf reader needs to know, from docs/reinforce.proto.

Usage: make_fields.py [--check]     --check: exit 1 where the file is not what the schema gives
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "reinforce.proto"
TABLE = ROOT / "python" / "dash_reinforce" / "_fields.py"

SCALARS = {"string", "int32", "int64", "uint32", "uint64", "bool", "double", "float", "bytes"}
FIELD = re.compile(r"^\s*(optional |repeated )?([\w.]+) (\w+) = (\d+)(?: \[[^\]]*\])?;\s*(?://\s*(.*))?$")


def fields(schema: str) -> dict[str, dict[int, tuple[str, str, str]]]:
    """Of each message: number → (name, type, label); a text that holds a JSON value has the type `json`."""
    messages: dict[str, dict[int, tuple[str, str, str]]] = {}
    current = None
    above = ""
    for line in schema.splitlines():
        opened = re.match(r"^\s*message (\w+) \{", line)
        if opened:
            current = messages.setdefault(opened.group(1), {})
            above = ""
            continue
        comment = re.match(r"^\s*//\s*(.*)$", line)
        if comment:
            above = comment.group(1)
            continue
        field = FIELD.match(line)
        if field and current is not None:
            label, kind, name, number, note = field.groups()
            if kind == "string" and re.search(r"(^|: )(an? )?JSON\b", note if note is not None else above):
                kind = "json"
            current[int(number)] = (name, kind, (label or "").strip())
        above = ""
    for message, table in messages.items():
        for name, kind, _ in table.values():
            if kind not in SCALARS and kind != "json" and kind not in messages:
                sys.exit(f"make_fields: {message}.{name} has the unknown type {kind}")
    return messages


def written(messages: dict[str, dict[int, tuple[str, str, str]]]) -> str:
    lines = [
        '"""Made by tools/make_fields.py from docs/reinforce.proto: change that, and run it again."""',
        "",
        "from __future__ import annotations",
        "",
        "# message → number → (name, type, label); `json` is a text that holds a JSON value",
        "FIELDS: dict[str, dict[int, tuple[str, str, str]]] = {",
    ]
    for message, table in messages.items():
        lines.append(f'    "{message}": {{')
        for number, (name, kind, label) in sorted(table.items()):
            lines.append(f'        {number}: ("{name}", "{kind}", "{label}"),')
        lines.append("    },")
    lines.append("}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    made = written(fields(SCHEMA.read_text(encoding="utf-8")))
    if "--check" in sys.argv:
        if TABLE.read_text(encoding="utf-8") != made:
            sys.exit("make_fields: _fields.py is not what docs/reinforce.proto gives: run python/tools/make_fields.py")
    else:
        TABLE.write_text(made, encoding="utf-8")
