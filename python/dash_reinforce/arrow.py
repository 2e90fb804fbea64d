"""One row for each model call and node sample: an Arrow table (extra `arrow`), or a `datasets.Dataset` (extra `datasets`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Union

Batches = Union[Mapping[str, Any], Iterable[Mapping[str, Any]]]

_GROUP = ("group_id", "digest", "example_id", "signal")
_ROLLOUT = ("thread_id", "rollout_index", "status", "votes", "excluded", "reward", "weight")
_JSON = ("prompt", "completion", "tools", "inputs", "outputs", "example")

_COLUMNS: list[tuple[str, str]] = [
    ("batch_id", "string"), ("tenant_id", "string"), ("estimator", "string"),
    ("group_id", "string"), ("digest", "string"), ("example_id", "string"), ("signal", "string"), ("example", "string"),
    ("thread_id", "string"), ("rollout_index", "int32"), ("status", "string"), ("votes", "bool"), ("excluded", "string"),
    ("reward", "float64"), ("weight", "float64"),
    ("unit", "string"), ("unit_index", "int32"), ("node_id", "string"), ("visit", "int32"), ("trains", "bool"),
    ("advantage", "float64"), ("role", "string"), ("request_id", "string"), ("unit_status", "string"),
    ("unit_reward", "float64"), ("prompt", "string"), ("completion", "string"), ("text", "string"), ("tools", "string"),
    ("inputs", "string"), ("outputs", "string"),
    ("model", "string"), ("finish_reason", "string"), ("truncated", "bool"),
    ("prompt_token_ids", "uint32s"), ("token_ids", "uint32s"), ("logprobs", "floats"), ("loss_mask", "uint8s"),
    ("token_source", "string"), ("token_problem", "string"), ("tokenizer", "string"),
    ("temperature", "float64"), ("top_p", "float64"), ("policy_version", "string"),
    ("input_tokens", "int64"), ("output_tokens", "int64"), ("started_at_us", "int64"), ("ended_at_us", "int64"),
]  # fmt: skip


def schema() -> Any:
    """The columns. `prompt`, `completion`, `tools`, `inputs`, `outputs` and `example` hold JSON; `text` what a completion says;
    `unit` is `call` or `sample`, `unit_index` its index within the rollout."""
    import pyarrow as pa

    types = {
        "string": pa.string(), "bool": pa.bool_(), "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64(),
        "uint32s": pa.list_(pa.uint32()), "uint8s": pa.list_(pa.uint8()), "floats": pa.list_(pa.float32()),
    }  # fmt: skip
    return pa.schema([(name, types[kind]) for name, kind in _COLUMNS])


def rows(batches: Batches) -> Iterator[dict[str, Any]]:
    """The rows as dictionaries: every call and every sample, whether or not it trains (`trains` says so)."""
    for batch in [batches] if isinstance(batches, Mapping) else batches:
        for group in batch["groups"]:
            for rollout in group["rollouts"]:
                common = {
                    "batch_id": batch.get("batch_id"),
                    "tenant_id": group.get("tenant_id") or batch.get("tenant_id"),
                    "estimator": (batch.get("estimator") or {}).get("preset"),
                    "example": group.get("example"),
                    **{name: group.get(name) for name in _GROUP},
                    **{name: rollout.get(name) for name in _ROLLOUT},
                }
                for call in rollout.get("calls") or []:
                    text = (call.get("completion") or {}).get("content")
                    yield _row(
                        {**common, **_unit(call), "unit": "call", "unit_index": call["call_index"],
                         "text": text if isinstance(text, str) else None}
                    )  # fmt: skip
                for sample in rollout.get("samples") or []:
                    trains = sample.get("trains", rollout["trains"])
                    yield _row(
                        {**common, **_unit(sample), "unit": "sample", "unit_index": sample["sample_index"],
                         "trains": trains, "text": sample.get("completion")}
                    )  # fmt: skip


def _unit(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Its own fields; status, reward and weight are names that the rollout has, too."""
    out = {name: value for name, value in entry.items() if name not in ("status", "reward", "weight")}
    out["unit_status"], out["unit_reward"] = entry.get("status"), entry.get("reward")
    return out


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: entry.get(name) for name, _ in _COLUMNS}
    for name in _JSON:
        if row[name] is not None:
            row[name] = json.dumps(row[name], ensure_ascii=False, separators=(",", ":"))
    return row


def table(batches: Batches) -> Any:
    """A `pyarrow.Table` of a batch or of several; `pyarrow.parquet.write_table` makes a file of it."""
    import pyarrow as pa

    return pa.Table.from_pylist(list(rows(batches)), schema=schema())


def dataset(batches: Batches) -> Any:
    """A `datasets.Dataset` with the same columns."""
    from datasets import Dataset

    return Dataset(table(batches))
