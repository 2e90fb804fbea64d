"""Traces of agents as DashStream messages: runs (threads), nodes, model calls, tools, rewards."""

from __future__ import annotations

import contextvars
import hashlib
import os
import threading
import time
import uuid
from collections.abc import Mapping
from os import PathLike
from types import TracebackType
from typing import Any, Callable

from . import wire
from .call import Call, finite
from .canonical import canonical
from .sinks import Recording, Topic, is_brokers

current_thread: contextvars.ContextVar[Thread | None] = contextvars.ContextVar("thread", default=None)
_current_node: contextvars.ContextVar[Node | None] = contextvars.ContextVar("node", default=None)


class Tracer:
    """Writes traces to a topic or into a recording.

    Args:
        target: `host:port[,host:port…]`: brokers of Kafka (extra `kafka`). Anything else: the path of a recording.
        topic: of Kafka.
        tenant: of all threads.
        partitions, overwrite: of a recording.
        clock: seconds since 1970.
        message_id: 16 bytes that no other message has.
        librdkafka: further settings of the client.

    A failed delivery raises `TraceError` in `flush` and `close`, never in the agent's own path.
    """

    def __init__(
        self,
        target: str | PathLike[str],
        topic: str = "dashstream-events",
        *,
        tenant: str = "default",
        partitions: int = 4,
        overwrite: bool = False,
        clock: Callable[[], float] = time.time,
        message_id: Callable[[], bytes] | None = None,
        **librdkafka: Any,
    ) -> None:
        self.tenant, self.clock = tenant, clock
        self.message_id = message_id or (lambda: os.urandom(16))
        self.sink: Recording | Topic
        if isinstance(target, str) and is_brokers(target):
            self.sink = Topic(target, topic, librdkafka)
        elif librdkafka:
            raise ValueError(f"{', '.join(librdkafka)}: settings of Kafka, but {target} is the path of a recording")
        else:
            self.sink = Recording(target, partitions, overwrite, clock)

    def thread(
        self,
        example_id: str,
        group_id: str,
        rollout_index: int,
        group_size: int,
        policy_version: int | str,
        state: Mapping[str, Any] | None = None,
        *,
        thread_id: str | None = None,
        attempt: int | None = None,
    ) -> Thread:
        """A run of the agent: use it in a `with` statement.

        Args:
            example_id: the training example, as the processor knows it.
            group_id: the runs of this example under one policy, `group_size` of them; `rollout_index` counts them from 0.
            policy_version: of the weights that answer.
            state: what the agent begins with; nodes change it, and the reward is computed from where it ends.
            thread_id: names the run; default: group, index and a random number. An id is used once.
        """
        if not 0 <= rollout_index < group_size:
            raise ValueError(f"rollout_index {rollout_index} of {group_size}: it counts from 0")
        thread = thread_id or f"{group_id}-{rollout_index}-{uuid.uuid4().hex[:8]}"
        pairing: dict[str, Any] = {
            "example_id": example_id,
            "group_id": group_id,
            "rollout_index": rollout_index,
            "group_size": group_size,
            "policy_version": policy_version,
        }
        if attempt is not None:
            pairing["attempt"] = attempt
        return Thread(self, thread, pairing, dict(state or {}))

    def flush(self, timeout: float = 30.0) -> None:
        """Waits until everything traced so far has arrived; raises TraceError where something has not."""
        self.sink.flush(timeout)

    def close(self, timeout: float = 30.0) -> None:
        """The same, and ends."""
        self.sink.close(timeout)

    def __enter__(self) -> Tracer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Thread:
    """A run of the agent.

    `with tracer.thread(…) as t`: an exception within it is the agent's failure (GRAPH_ERROR) and goes on; an interruption
    (KeyboardInterrupt, a cancelled task) leaves the run incomplete. Its methods may be called from several threads.
    """

    def __init__(self, tracer: Tracer, thread: str, pairing: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        self.tracer, self.id, self.pairing = tracer, thread, pairing
        self._lock = threading.RLock()
        self._state = {name: canonical(value, f"state.{name}") for name, value in _texts(state).items()}
        self._rewards: dict[str, float] = {}
        self._main = self._aux = self._requests = 0
        self._time = 0
        self._open: Node | None = None
        self._began = 0
        self._token: Any = None

    def __enter__(self) -> Thread:
        with self._lock:
            if self._main:
                raise RuntimeError(f"thread {self.id} was begun before: an id is used once")
            initial = self._canonical_state().decode("utf-8")
            self._began = self.event(wire.GRAPH_START, attributes={**self.pairing, "initial_state_json": initial})
        self._token = current_thread.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        current_thread.reset(self._token)
        if error is not None and not isinstance(error, Exception):
            return
        with self._lock:
            if self._open is not None:
                self._open.end(error)
            attributes: dict[str, Any] = {f"rl.reward.{name}": value for name, value in self._rewards.items()}
            if error is not None:
                attributes["error"] = _described(error)
            ends = wire.GRAPH_END if error is None else wire.GRAPH_ERROR
            self.event(ends, duration_us=self.now() - self._began, attributes=attributes)

    def node(self, name: str, /, **changes: Any) -> Node:
        """A step of the agent, and what it changes of the state.

        `with t.node("answer") as node:` lasts as long as the block; `t.node("plan", plan=…)` without `with` lasts until the
        next node begins or the run ends.
        """
        return Node(self, name, changes)

    def start_call(self, messages: Any = None, **request: Any) -> Call:
        """A model call that has just begun; see `Call` for what may be said of it, then and at its end."""
        node = _current_node.get()
        if node is None or node.thread is not self:
            node = self._open
        return Call(self, node.name if node else "", messages, **request)

    def call(self, messages: Any = None, completion: Any = None, **said: Any) -> Call:
        """A model call that has ended: `Call.start` and `Call.end` in one."""
        begins, ends = Call.split(said)
        call = self.start_call(messages, **begins)
        call.end(completion, **ends)
        return call

    def tool(
        self,
        name: str,
        arguments: Any = None,
        result: Any = None,
        *,
        error: str | BaseException | None = None,
        call_id: str | None = None,
        seconds: float = 0.0,
    ) -> None:
        """A tool that was run; with `error` it failed."""
        given = b"" if arguments is None else canonical(arguments, "arguments")
        found = b"" if result is None else canonical(result, "result")
        text = None if error is None else _described(error) if isinstance(error, BaseException) else error
        with self._lock:
            header = self._header(False)
            call = call_id or f"tool-{self._aux}"
            self._send(wire.tool_execution(header, call, name, given, found, text, max(0, int(seconds * 1e6))))

    def reward(self, name: str, value: float) -> None:
        """A reward that the agent's own code gives (`rl.reward.<name>`), sent with the end of the run."""
        self._rewards[name] = finite(name, value)

    @property
    def state(self) -> bytes:
        """The state as canonical JSON."""
        with self._lock:
            return self._canonical_state()

    def _canonical_state(self) -> bytes:
        parts = [canonical(name) + b":" + self._state[name] for name in sorted(self._state)]
        return b"{" + b",".join(parts) + b"}"

    def change(self, changes: Mapping[str, bytes | None]) -> None:
        """Sends a diff: canonical JSON for what is set, None for what is removed."""
        with self._lock:
            operations: list[tuple[int, str, bytes]] = []
            for name, value in changes.items():
                path = "/" + name.replace("~", "~0").replace("/", "~1")
                if value is None:
                    if self._state.pop(name, None) is not None:
                        operations.append((wire.REMOVE, path, b""))
                elif self._state.get(name) != value:
                    operations.append((wire.REPLACE if name in self._state else wire.ADD, path, value))
                    self._state[name] = value
            digest = hashlib.sha256(self._canonical_state()).digest()
            self._send(wire.state_diff(self._header(), operations, digest))

    def event(
        self,
        kind: int,
        node: str = "",
        request: str = "",
        duration_us: int = 0,
        attributes: Mapping[str, Any] | None = None,
        time_us: int | None = None,
    ) -> int:
        """Sends an Event; returns its time."""
        with self._lock:
            header = self._header(time_us=time_us)
            self._send(wire.event(header, kind, node, request, max(0, duration_us), attributes or {}))
            return header.time_us

    def chunk(self, request: str, index: int, text: str, ids: list[int], logprobs: list[float],
              finish_reason: str | None, model: str | None) -> None:  # fmt: skip
        """Sends a TokenChunk."""
        with self._lock:
            self._send(wire.token_chunk(self._header(False), request, index, text, ids, logprobs, finish_reason, model))

    def next_request(self) -> str:
        """An id for a model call, new within the run."""
        with self._lock:
            self._requests += 1
            return f"call-{self._requests}"

    def open_node(self, node: Node) -> None:
        """Ends the node that lasts until the next one begins."""
        with self._lock:
            if self._open is not None and self._open is not node:
                self._open.end(None)
            self._open = node

    def close_node(self, node: Node) -> None:
        """It is not the open one any more."""
        with self._lock:
            if self._open is node:
                self._open = None

    def now(self) -> int:
        """Microseconds; of two messages the later one has the later time."""
        self._time = max(self._time + 1, int(self.tracer.clock() * 1_000_000))
        return self._time

    def _header(self, main: bool = True, time_us: int | None = None) -> wire.Header:
        if main:
            self._main += 1
        else:
            self._aux += 1
        at = self.now() if time_us is None else time_us
        sequence = self._main if main else self._aux
        return wire.Header(self.tracer.message_id(), at, self.tracer.tenant, self.id, sequence)

    def _send(self, value: bytes) -> None:
        self.tracer.sink.send(self.id.encode("utf-8"), value)


class Node:
    """A step of the agent: `set` and `remove` change the state, when the node ends."""

    def __init__(self, thread: Thread, name: str, changes: Mapping[str, Any]) -> None:
        self.thread, self.name = thread, name
        self._changes: dict[str, bytes | None] = {}
        self._rewards: dict[str, float] = {}
        self._ended = False
        self._token: Any = None
        self.set(changes)
        thread.open_node(self)
        self._began = thread.event(wire.NODE_START, name)

    def __enter__(self) -> Node:
        self.thread.close_node(self)  # the block ends it, not the next node
        self._token = _current_node.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current_node.reset(self._token)
        if error is None or isinstance(error, Exception):
            self.end(error)

    def set(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """These top-level fields of the state have these values when the node ends."""
        for name, value in {**_texts(changes or {}), **more}.items():
            self._changes[name] = canonical(value, f"state.{name}")

    def remove(self, *names: str) -> None:
        """These top-level fields of the state are gone when the node ends."""
        self._changes.update(dict.fromkeys(names))

    def reward(self, name: str, value: float) -> None:
        """A reward for this node."""
        self._rewards[name] = finite(name, value)

    def start_call(self, messages: Any = None, **request: Any) -> Call:
        """As `Thread.start_call`, within this node."""
        return Call(self.thread, self.name, messages, **request)

    def call(self, messages: Any = None, completion: Any = None, **said: Any) -> Call:
        """As `Thread.call`, within this node."""
        begins, ends = Call.split(said)
        call = self.start_call(messages, **begins)
        call.end(completion, **ends)
        return call

    def end(self, error: BaseException | None = None) -> None:
        """Ends it; a block and the run's own end do so by themselves."""
        with self.thread._lock:
            if self._ended:
                return
            self._ended = True
            self.thread.close_node(self)
            if error is not None:
                self.thread.event(wire.NODE_ERROR, self.name, attributes={"error": _described(error)})
                return
            self.thread.change(self._changes)
            took = self.thread.now() - self._began
            rewards = {f"rl.reward.{name}": value for name, value in self._rewards.items()}
            self.thread.event(wire.NODE_END, self.name, duration_us=took, attributes=rewards)


def _texts(values: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in values:
        if not isinstance(name, str):
            raise ValueError(f"state: the key {name!r} is no string")
    return values


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
