"""Tells what was found: a table on the terminal, and a row of docs/reliability.md."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- chaos:begin -->", "<!-- chaos:end -->"
HEAD = "| run | Kafka | librdkafka | delivery | seed | load | what was done | what was found |\n" + "|---" * 8 + "|"
SHOWN = 8


def table(checks: list) -> str:
    """The checks, a line each, and what is wrong below."""
    lines = []
    for check in checks:
        word = "-" if check.skipped else "ok" if check.passed else "FAILED"
        count = f"{len(check.wrong)} of {check.examined} wrong" if check.wrong else f"{check.examined} examined"
        lines.append(f"  {check.name:<4} {word:<7} {check.what} ({count}{'; ' + check.note if check.note else ''})")
    for check in checks:
        for message in check.wrong[:SHOWN]:
            lines.append(f"       {check.name}: {message}")
        if len(check.wrong) > SHOWN:
            lines.append(f"       {check.name}: and {len(check.wrong) - SHOWN} more")
    return "\n".join(lines)


def row(cells: list[str], page: Path = PAGE):
    """Writes a row between the page's markers; the row of the same run, broker, library and delivery is replaced."""
    text = page.read_text()
    match = re.search(f"{re.escape(BEGIN)}\n(.*?){re.escape(END)}", text, re.S)
    if match is None:
        raise RuntimeError(f"{page}: the markers {BEGIN} and {END} are gone")
    rows = {}
    for line in match.group(1).splitlines()[2:]:
        if line.startswith("|"):
            rows[tuple(cell.strip() for cell in line.strip("|").split("|"))[:4]] = line
    cells = [cell.replace("|", "/") for cell in cells]
    rows[tuple(cells[:4])] = "| " + " | ".join(cells) + " |"
    body = "\n".join([HEAD, *(rows[key] for key in sorted(rows))])
    page.write_text(text[: match.start()] + f"{BEGIN}\n{body}\n{END}" + text[match.end() :])
