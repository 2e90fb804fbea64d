"""A TCP proxy that reads Kafka's frames: it drops, delays and cuts what it is told to, and counts what it saw.

Run as a program: proxy.py LISTEN_PORT TARGET_HOST:PORT[,TARGET_HOST:PORT]...: the first target is reached through
LISTEN_PORT, each further one through the next port. Commands come as a JSON line each on stdin:
  {"do": "drop_end_txn", "count": N, "how": "cut" | "swallow"}    the next N EndTxn responses do not arrive
  {"do": "delay_end_txn", "count": N, "seconds": S}               the next N EndTxn requests arrive S seconds late
  {"do": "cut"}                                                   every connection is closed
  {"do": "hold", "seconds": S, "way": "both" | "up" | "down"}     nothing passes for S seconds, then all of it
  {"do": "hold_offset_fetch", "seconds": S}                       OffsetFetch responses arrive when S seconds are over
  {"do": "stats"}                                                 prints the counts as a JSON line
"""

import asyncio
import json
import signal
import struct
import sys
import time
from collections import Counter

OFFSET_FETCH, END_TXN, TXN_OFFSETS = 9, 26, 28
NAMES = {
    8: "OffsetCommit",
    9: "OffsetFetch",
    11: "JoinGroup",
    12: "Heartbeat",
    14: "SyncGroup",
    22: "InitProducerId",
    24: "AddPartitionsToTxn",
    25: "AddOffsetsToTxn",
    26: "EndTxn",
    28: "TxnOffsetCommit",
}
FLEXIBLE = {11: 6, 12: 4, 14: 4, 22: 2, 25: 3, 26: 3, 28: 3}
UNTHROTTLED = {11: 2, 12: 1, 14: 1}  # below these versions a response begins with its error
ERRORS = {
    14: "COORDINATOR_LOAD_IN_PROGRESS",
    15: "COORDINATOR_NOT_AVAILABLE",
    16: "NOT_COORDINATOR",
    22: "ILLEGAL_GENERATION",
    25: "UNKNOWN_MEMBER_ID",
    27: "REBALANCE_IN_PROGRESS",
    47: "INVALID_PRODUCER_EPOCH",
    48: "INVALID_TXN_STATE",
    49: "INVALID_PRODUCER_ID_MAPPING",
    51: "CONCURRENT_TRANSACTIONS",
    79: "MEMBER_ID_REQUIRED",
    82: "FENCED_INSTANCE_ID",
    90: "PRODUCER_FENCED",
}


def end_txn_commits(body: bytes, version: int) -> bool | None:
    """What an EndTxn request asks for: commit (true), abort (false); None where it cannot be read."""
    try:
        (client,) = struct.unpack_from(">h", body, 8)
        at = 10 + max(0, client)
        if version >= 3:
            at += 1  # no tags
            return bool(body[at + body[at] + 10])
        (size,) = struct.unpack_from(">h", body, at)
        return bool(body[at + 2 + size + 10])
    except (struct.error, IndexError):
        return None


def error_of(api: int, version: int, body: bytes) -> int:
    """The first error in a response; 0: none, or one that is not looked at."""
    at = 4
    if version >= FLEXIBLE.get(api, 99):
        at += 1
    try:
        if api == TXN_OFFSETS:
            return _offsets_error(body, at + 4, version >= 3)
        if api not in (11, 12, 14, 22, 25, 26):
            return 0
        if version >= UNTHROTTLED.get(api, 0):
            at += 4
        return struct.unpack_from(">h", body, at)[0]
    except (struct.error, IndexError):
        return 0


def _offsets_error(body: bytes, at: int, compact: bool) -> int:
    def count(at: int):
        if compact:
            return body[at] - 1, at + 1
        return struct.unpack_from(">i", body, at)[0], at + 4

    topics, at = count(at)
    for _ in range(topics):
        if compact:
            at += body[at]
        else:
            at += 2 + struct.unpack_from(">h", body, at)[0]
        partitions, at = count(at)
        for _ in range(partitions):
            (error,) = struct.unpack_from(">h", body, at + 4)
            if error:
                return error
            at += 6 + compact
        at += compact
    return 0


class Link:
    """One client connection and its own to the broker."""

    def __init__(self, proxy: "Proxy", reader, writer, target: tuple[str, int]):
        self.proxy, self.reader, self.writer, self.target = proxy, reader, writer, target
        self.up_reader = self.up_writer = None
        self.waiting: dict[int, tuple[int, int]] = {}

    async def run(self):
        try:
            self.up_reader, self.up_writer = await asyncio.open_connection(*self.target)
        except OSError:
            return self.close()
        self.proxy.links.add(self)
        tasks = [asyncio.create_task(self._requests()), asyncio.create_task(self._responses())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.proxy.links.discard(self)
        self.proxy.counts["in_doubt"] += sum(api == END_TXN for api, _ in self.waiting.values())

    def close(self):
        for writer in (self.writer, self.up_writer):
            if writer:
                writer.close()

    async def _requests(self):
        while True:
            body = await frame(self.reader)
            api, version, correlation = struct.unpack_from(">hhi", body)
            await self.proxy.gates["up"].wait()
            if api == END_TXN:
                commits = end_txn_commits(body, version)
                self.proxy.counts["commits" if commits else "aborts"] += 1
                if self.proxy.delays:
                    self.proxy.delay(body, self.target)
                    return  # the client sees its connection break
            if api in NAMES:
                self.proxy.counts[NAMES[api]] += 1
            # produce requests without acknowledgement get no response; ours always ask for one
            self.waiting[correlation] = (api, version)
            await send(self.up_writer, body)

    async def _responses(self):
        while True:
            body = await frame(self.up_reader)
            (correlation,) = struct.unpack_from(">i", body)
            api, version = self.waiting.get(correlation, (-1, 0))
            await self.proxy.gates["down"].wait()
            if api == END_TXN and self.proxy.drops:
                self.proxy.counts["end_txn_responses_dropped"] += 1
                self.proxy.counts["in_doubt"] += 1
                del self.waiting[correlation]
                if self.proxy.drops.pop(0) == "cut":
                    return
                continue
            self.waiting.pop(correlation, None)
            if api == OFFSET_FETCH and (rest := self.proxy.fetch_held_until - time.monotonic()) > 0:
                self.proxy.counts["offset_fetches_held"] += 1
                self.proxy.start(self._respond(body, rest))
                continue
            error = error_of(api, version, body)
            if error:
                self.proxy.counts[f"{NAMES.get(api, api)} {ERRORS.get(error, error)}"] += 1
            await send(self.writer, body)

    async def _respond(self, body: bytes, seconds: float):
        """A response that comes late, while later ones pass it."""
        await asyncio.sleep(seconds)
        try:
            await send(self.writer, body)
        except OSError:
            pass  # the client has given it up


async def frame(reader) -> bytes:
    (size,) = struct.unpack(">i", await reader.readexactly(4))
    return await reader.readexactly(size)


async def send(writer, body: bytes):
    writer.write(struct.pack(">i", len(body)) + body)
    await writer.drain()


class Proxy:
    """All links, and what is to be done to them."""

    def __init__(self):
        self.links, self.counts = set(), Counter()
        self.drops: list[str] = []
        self.delays: list[float] = []
        self.fetch_held_until = 0.0
        self.tasks: set = set()
        self.gates = {"up": asyncio.Event(), "down": asyncio.Event()}
        for gate in self.gates.values():
            gate.set()

    async def listen(self, target: tuple[str, int], port: int = 0):
        """The server through which a target is reached."""

        async def accept(reader, writer):
            try:
                await Link(self, reader, writer, target).run()
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # an end like any other

        return await asyncio.start_server(accept, "127.0.0.1", port, limit=1 << 24)

    def start(self, work):
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def delay(self, body: bytes, target: tuple[str, int]):
        seconds = self.delays.pop(0)
        self.counts["end_txn_requests_delayed"] += 1
        self.start(self._deliver(body, seconds, target))

    async def _deliver(self, body: bytes, seconds: float, target: tuple[str, int]):
        """A held request arrives long after its sender has given it up; what the broker answers is counted."""
        await asyncio.sleep(seconds)
        _, version = struct.unpack_from(">hh", body)
        try:
            reader, writer = await asyncio.open_connection(*target)
            await send(writer, body)
            answer = await asyncio.wait_for(frame(reader), 10)
            error = error_of(END_TXN, version, answer)
            self.counts[f"late EndTxn answered {ERRORS.get(error, error or 'NONE')}"] += 1
            writer.close()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.counts["late EndTxn not delivered"] += 1

    async def hold(self, seconds: float, way: str):
        gates = [self.gates[w] for w in (("up", "down") if way == "both" else (way,))]
        self.counts["holds"] += 1
        for gate in gates:
            gate.clear()
        await asyncio.sleep(seconds)
        for gate in gates:
            gate.set()

    def command(self, line: dict):
        what = line["do"]
        if what == "drop_end_txn":
            self.drops += [line.get("how", "cut")] * line["count"]
        elif what == "delay_end_txn":
            self.delays += [line["seconds"]] * line["count"]
        elif what == "cut":
            self.counts["connections_cut"] += len(self.links)
            for link in list(self.links):
                link.close()
        elif what == "hold":
            self.start(self.hold(line["seconds"], line.get("way", "both")))
        elif what == "hold_offset_fetch":
            self.fetch_held_until = time.monotonic() + line["seconds"]
        elif what == "stats":
            print(json.dumps(self.counts), flush=True)


async def main(port: int, targets: list[tuple[str, int]]):
    proxy = Proxy()
    servers = [await proxy.listen(target, port + number) for number, target in enumerate(targets)]
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print("ready", flush=True)
    # the end of stdin is the end of the run, however it came
    while line := await commands.readline():
        proxy.command(json.loads(line))
    for server in servers:
        server.close()
    for link in list(proxy.links):
        link.close()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pairs = [text.rpartition(":") for text in sys.argv[2].split(",")]
    asyncio.run(main(int(sys.argv[1]), [(host, int(number)) for host, _, number in pairs]))
