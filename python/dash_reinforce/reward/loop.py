"""Lines in, lines out: reads what is waiting, calls the function, answers each line once."""

from __future__ import annotations

import asyncio
import inspect
import json
import queue
import threading
from typing import IO, Any, Callable

from .groups import joined, members_of
from .signatures import Reward, Rollout, failed, read_answer, signature_of, trl_arguments, verl_arguments


class Loop:
    """Answers every line that comes in, in the order in which the function is done with them.

    Args:
        function: the user's.
        read, write: lines of JSON.
        signature: `trl`, `verl` or `plain`; None: by its parameters.
        batch: how many rollouts TRL's form is given at most.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        read: IO[bytes],
        write: IO[bytes],
        signature: str | None = None,
        batch: int = 64,
    ) -> None:
        self.function, self.read, self.write = function, read, write
        self.signature, self.batch = signature or signature_of(function), max(1, batch)
        self.is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, "__call__", None)  # noqa: B004  # an object whose call is async
        )
        self._lines: queue.Queue[Rollout | None] = queue.Queue()
        self._held: list[Rollout] = []  # a group that came behind rollouts: it is a batch of its own
        self._writing = threading.Lock()

    def run(self) -> None:
        """Until the input ends and everything is answered."""
        threading.Thread(target=self._take, name="reward-input", daemon=True).start()
        if self.is_async:
            asyncio.run(self._side_by_side())
            return
        while True:
            rollouts = self._waiting(self.batch if self.signature == "trl" else 1)
            if rollouts is None:
                return
            self._answer(rollouts, self._called(rollouts))

    def _take(self) -> None:
        """Reads lines; one that is no request is answered at once."""
        try:
            for line in self.read:
                if not line.strip():
                    continue
                try:
                    request = json.loads(line)
                    if not isinstance(request, dict) or "id" not in request:
                        raise ValueError("no object with an id")
                except (ValueError, RecursionError) as error:
                    self._put({"id": None}, Reward(None, "error", f"a line that is no request: {error}"[:1000]))
                    continue
                self._lines.put(request)
        finally:
            self._lines.put(None)

    def _waiting(self, most: int) -> list[Rollout] | None:
        """What is there, at least one; None: the input has ended."""
        first = self._held.pop() if self._held else self._lines.get()
        if first is None:
            return None
        out = [first]
        if "rollouts" in first:
            return out
        while len(out) < most:
            try:
                more = self._lines.get_nowait()
            except queue.Empty:
                break
            if more is None:
                self._lines.put(None)
                break
            if "rollouts" in more:
                self._held.append(more)
                break
            out.append(more)
        return out

    def _arguments(self, rollouts: list[Rollout]) -> dict[str, Any]:
        if self.signature == "trl":
            return trl_arguments(self.function, rollouts)
        return verl_arguments(self.function, rollouts[0])

    def _call(self, rollouts: list[Rollout]) -> Any:
        if self.signature == "plain":
            return self.function(rollouts[0])
        return self.function(**self._arguments(rollouts))

    def _calls(self, rollouts: list[Rollout]) -> list[list[Rollout]]:
        """What the function is called with: a group as a whole in TRL's form, else its rollouts one by one."""
        if "rollouts" not in rollouts[0]:
            return [rollouts]
        members = members_of(rollouts[0])
        return [members] if self.signature == "trl" else [[one] for one in members]

    def _called(self, rollouts: list[Rollout]) -> list[Reward]:
        try:
            if "rollouts" in rollouts[0]:
                calls = self._calls(rollouts)
                return [joined([answer for call in calls for answer in self._answers(call, self._call(call))])]
            return self._answers(rollouts, self._call(rollouts))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # sys.exit in a reward function, too, is that function's trouble
            return [failed(error)] * len(rollouts)

    def _answers(self, rollouts: list[Rollout], value: Any) -> list[Reward]:
        if self.signature != "trl":
            return [read_answer(value)]
        values = list(value)
        if len(values) != len(rollouts):
            return [Reward(None, "error", f"the function gave {len(values)} rewards for {len(rollouts)}")] * len(
                rollouts
            )
        return [read_answer(one) for one in values]

    async def _side_by_side(self) -> None:
        """Each batch is a task; new ones begin while others are waiting."""
        loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()
        while True:
            rollouts = await loop.run_in_executor(None, self._waiting, self.batch if self.signature == "trl" else 1)
            if rollouts is None:
                break
            task = loop.create_task(self._awaited(rollouts))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            await asyncio.gather(*tasks)

    async def _awaited(self, rollouts: list[Rollout]) -> None:
        try:
            found = await asyncio.gather(*(self._judged(call) for call in self._calls(rollouts)))
            answers = [answer for one in found for answer in one]
            if "rollouts" in rollouts[0]:
                answers = [joined(answers)]
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            answers = [failed(error)] * len(rollouts)
        self._answer(rollouts, answers)

    async def _judged(self, rollouts: list[Rollout]) -> list[Reward]:
        try:
            return self._answers(rollouts, await self._call(rollouts))
        except SystemExit as error:  # out of a task it would end the event loop, and every other answer with it
            return [failed(error)] * len(rollouts)

    def _answer(self, rollouts: list[Rollout], answers: list[Reward]) -> None:
        for rollout, answer in zip(rollouts, answers):
            self._put(rollout, answer)

    def _put(self, rollout: Rollout, answer: Reward) -> None:
        value = "rewards" if isinstance(answer.reward, list) else "reward"
        out: dict[str, Any] = {"id": rollout["id"], value: answer.reward, "status": answer.status}
        if answer.explanation is not None:
            out["explanation"] = answer.explanation
        line = json.dumps(out, allow_nan=False).encode("ascii") + b"\n"  # half a surrogate pair stays an escape
        with self._writing:
            self.write.write(line)
            self.write.flush()
