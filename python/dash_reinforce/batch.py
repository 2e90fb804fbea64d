"""Batches as dictionaries with the names of docs/reinforce.proto: from a Kafka value, a file, or standard input."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import IO, Any, cast

from ._protobuf import WireError, decode, delimited

Batch = dict[str, Any]
"""One value of the topic `reinforce`; absent optional fields are None, or missing where JSON leaves them out."""

PROTOBUF = "application/x-protobuf"


class BatchError(ValueError):
    """What should be a batch is none; says where and why."""


def parse(value: bytes, content_type: str | None = None) -> Batch:
    """A batch from a Kafka value or a line of a file.

    It is protobuf where `content_type` (the record's header `content-type`) says so or, without one, where the value does
    not begin with a brace.
    """
    value = bytes(value)
    if content_type is None:
        is_protobuf = value.lstrip()[:1] != b"{"
    else:
        is_protobuf = content_type.split(";")[0].strip().lower() in (PROTOBUF, "application/protobuf")
    try:
        batch = decode(value) if is_protobuf else json.loads(value)
    except WireError as error:
        raise BatchError(f"no batch in protobuf: {error}") from None
    except (ValueError, RecursionError) as error:
        raise BatchError(f"no batch in JSON: {error}") from None
    if not isinstance(batch, dict) or not isinstance(batch.get("groups"), list):
        raise BatchError("no batch: it has no groups")
    version = batch.get("schema_version")
    if version != 1:
        raise BatchError(f"schema_version {version!r}: this package reads version 1")
    if not isinstance(batch.get("tenant_id"), str):
        raise BatchError("no batch: its tenant_id is no text")
    for number, group in enumerate(batch["groups"]):
        if not isinstance(group, dict) or not isinstance(group.get("digest"), str):
            raise BatchError(f"no batch: group {number} has no digest")
        rollouts = group.get("rollouts")
        if not isinstance(rollouts, list) or not all(isinstance(one, dict) for one in rollouts):
            raise BatchError(f"no batch: group {number} has no rollouts")
    return cast(Batch, batch)


def read(path: str | PathLike[str], format: str | None = None) -> Iterator[Batch]:
    """The batches of a file that `dash-reinforce replay --out` wrote, one by one.

    `.jsonl` and `.json` hold a batch a line, `.pb` batches behind their lengths; either may have `.zst` behind it (extra
    `zstd`, or Python 3.14). `-` is standard input. `format` ("jsonl" or "pb") says what a name does not.
    """
    name = str(path)
    plain = name[:-4] if name.endswith(".zst") else name
    kind = format or ("pb" if plain.endswith(".pb") else "jsonl")
    if kind not in ("jsonl", "pb"):
        raise ValueError(f"format is {format!r}: give 'jsonl' or 'pb'")
    shown = "standard input" if name == "-" else name
    number = 0
    with _opened(name) as raw:
        try:
            if kind == "jsonl":
                for number, line in enumerate(raw, 1):
                    if line.strip():
                        yield _located(line, "application/json", f"{shown}, line {number}")
                return
            for number, data in enumerate(delimited(raw.read), 1):
                yield _located(data, PROTOBUF, f"{shown}, batch {number}")
        except WireError as error:
            raise BatchError(f"{shown}, after {number} batches: {error}") from None
        except Exception as error:
            if isinstance(error, EOFError) or type(error).__name__ == "ZstdError":
                raise BatchError(f"{shown}, after {number}: no zstd, or cut: {error}") from None
            raise


def _located(value: bytes, content_type: str, where: str) -> Batch:
    try:
        return parse(value, content_type)
    except BatchError as error:
        raise BatchError(f"{where}: {error}") from None


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
    elif name.endswith(".zst"):
        with open(name, "rb") as raw:
            yield _decompressed(raw)
    else:
        with open(name, "rb") as raw:
            yield raw


def _decompressed(raw: IO[bytes]) -> IO[bytes]:
    try:
        from compression import zstd  # Python 3.14

        return cast("IO[bytes]", zstd.ZstdFile(raw))
    except ImportError:
        pass
    try:
        import zstandard
    except ImportError:
        raise ImportError("a .zst file needs the extra `zstd`: pip install 'dash-reinforce[zstd]'") from None
    return cast("IO[bytes]", io.BufferedReader(_Frames(raw, zstandard.ZstdDecompressor()), 1 << 17))


class _Frames(io.RawIOBase):
    """What stands in zstd frames, one behind the other; a frame that was cut is an EOFError."""

    def __init__(self, raw: IO[bytes], decompressor: Any) -> None:
        self._raw, self._decompressor = raw, decompressor
        self._frame: Any = None
        self._packed, self._ready = b"", memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            if not self._packed:
                self._packed = self._raw.read(1 << 16)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("within a frame")
                return 0
            self._frame = self._frame or self._decompressor.decompressobj()
            self._ready = memoryview(self._frame.decompress(self._packed))
            self._packed = self._frame.unused_data
            if self._frame.eof:
                self._frame = None
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size
