"""A value on the topic is not a step: groups are counted out here, whatever batches they came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .batch import Batch

Held = list[tuple[Mapping[str, Any], Mapping[str, Any]]]


def steps(batches: Iterable[Mapping[str, Any]], groups: int, rest: bool = True) -> Iterator[Batch]:
    """Batches of exactly `groups` groups, in order; `rest`: what is left at the end is a smaller one."""
    if groups < 1:
        raise ValueError(f"groups is {groups}: a step needs at least one")
    held: Held = []
    for batch in batches:
        held += [(batch, group) for group in batch["groups"]]
        while len(held) >= groups:
            yield joined(held[:groups])
            held = held[groups:]
    if held and rest:
        yield joined(held)


def joined(held: Held) -> Batch:
    """One batch of groups from several; a field in which these differ is None, and each group says its tenant."""
    sources: list[Mapping[str, Any]] = []
    for batch, _ in held:
        if not any(batch is known for known in sources):
            sources.append(batch)
    out: dict[str, Any] = {}
    for name in sources[0]:
        if name not in ("groups", "place"):
            first: Any | None = sources[0][name]
            out[name] = first if all(source.get(name) == first for source in sources) else None
    out["groups"] = [{**group, "tenant_id": batch.get("tenant_id")} for batch, group in held]
    out["batch_ids"] = [source.get("batch_id") for source in sources]
    return out
