"""The proxy between a client and a broker made of a few lines: what it reads, drops, delays and counts."""

import asyncio
import struct
import unittest

import proxy


def request(api: int, correlation: int, rest: bytes = b"", version: int = 1) -> bytes:
    return struct.pack(">hhih", api, version, correlation, 3) + b"cli" + rest


def end_txn(correlation: int, commits: bool) -> bytes:
    return request(26, correlation, struct.pack(">h", 4) + b"txn1" + struct.pack(">qh?", 7, 0, commits))


class Broker:
    """Answers every request with its correlation id, no throttling and an error of choice."""

    def __init__(self):
        self.seen, self.error = [], 0

    async def serve(self, reader, writer):
        try:
            while True:
                body = await proxy.frame(reader)
                _, _, correlation = struct.unpack_from(">hhi", body)
                self.seen.append(body)
                await proxy.send(writer, struct.pack(">iih", correlation, 0, self.error))
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


class ProxyTests(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.broker = Broker()
        self.server = await asyncio.start_server(self.broker.serve, "127.0.0.1", 0)
        self.proxy = proxy.Proxy()
        self.front = await self.proxy.listen(self.server.sockets[0].getsockname())

    async def asyncTearDown(self):
        while self.proxy.links:
            for link in list(self.proxy.links):
                link.close()
            await asyncio.sleep(0.01)
        self.front.close()
        self.server.close()
        await asyncio.sleep(0.01)

    async def connect(self):
        return await asyncio.open_connection(*self.front.sockets[0].getsockname())

    async def ask(self, link, body: bytes) -> bytes:
        await proxy.send(link[1], body)
        return await asyncio.wait_for(proxy.frame(link[0]), 5)

    async def test_frames_pass_and_are_counted(self):
        link = await self.connect()
        self.assertEqual((await self.ask(link, end_txn(5, True)))[:4], struct.pack(">i", 5))
        await self.ask(link, end_txn(6, False))
        self.assertEqual((self.proxy.counts["commits"], self.proxy.counts["aborts"]), (1, 1))
        link[1].close()

    async def test_errors_are_counted_by_name(self):
        self.broker.error = 22
        link = await self.connect()
        await self.ask(link, request(12, 9, version=3))
        self.assertEqual(self.proxy.counts["Heartbeat ILLEGAL_GENERATION"], 1)
        link[1].close()

    async def test_a_dropped_response_reaches_the_broker_but_not_the_client(self):
        self.proxy.command({"do": "drop_end_txn", "count": 1, "how": "cut"})
        link = await self.connect()
        with self.assertRaises(asyncio.IncompleteReadError):
            await self.ask(link, end_txn(5, True))
        link[1].close()
        self.assertEqual(len(self.broker.seen), 1)
        self.assertEqual(self.proxy.counts["in_doubt"], 1)

    async def test_a_delayed_request_arrives_after_its_sender_has_gone(self):
        self.proxy.command({"do": "delay_end_txn", "count": 1, "seconds": 0.2})
        link = await self.connect()
        with self.assertRaises(asyncio.IncompleteReadError):
            await self.ask(link, end_txn(5, True))
        link[1].close()
        self.assertEqual(self.broker.seen, [])
        await asyncio.gather(*self.proxy.tasks)
        self.assertEqual(self.broker.seen, [end_txn(5, True)])
        self.assertEqual(self.proxy.counts["late EndTxn answered NONE"], 1)

    async def test_a_cut_ends_every_connection(self):
        link = await self.connect()
        await self.ask(link, request(3, 1))
        self.proxy.command({"do": "cut"})
        self.assertEqual(await asyncio.wait_for(link[0].read(), 5), b"")
        link[1].close()
        self.assertEqual(self.proxy.counts["connections_cut"], 1)

    async def test_what_was_held_arrives_later(self):
        link = await self.connect()
        await self.ask(link, request(3, 1))
        self.proxy.gates["up"].clear()
        await proxy.send(link[1], request(3, 2))
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(proxy.frame(link[0]), 0.2)
        self.proxy.gates["up"].set()
        self.assertEqual((await asyncio.wait_for(proxy.frame(link[0]), 5))[:4], struct.pack(">i", 2))
        link[1].close()

    async def test_an_offset_fetch_is_held_while_others_pass_it(self):
        self.proxy.command({"do": "hold_offset_fetch", "seconds": 0.3})
        link = await self.connect()
        await proxy.send(link[1], request(9, 1))
        await proxy.send(link[1], request(12, 2))
        answers = [struct.unpack_from(">i", await asyncio.wait_for(proxy.frame(link[0]), 5))[0] for _ in range(2)]
        self.assertEqual(answers, [2, 1])
        self.assertEqual(self.proxy.counts["offset_fetches_held"], 1)
        self.assertEqual((await self.ask(link, request(9, 3)))[:4], struct.pack(">i", 3))
        link[1].close()

    async def test_each_broker_is_reached_through_its_own_port(self):
        other = Broker()
        server = await asyncio.start_server(other.serve, "127.0.0.1", 0)
        front = await self.proxy.listen(server.sockets[0].getsockname())
        link = await asyncio.open_connection(*front.sockets[0].getsockname())
        await self.ask(link, request(3, 1))
        self.assertEqual((len(self.broker.seen), len(other.seen)), (0, 1))
        self.proxy.command({"do": "delay_end_txn", "count": 1, "seconds": 0.1})
        with self.assertRaises(asyncio.IncompleteReadError):
            await self.ask(link, end_txn(2, True))
        await asyncio.gather(*self.proxy.tasks)
        self.assertEqual((len(self.broker.seen), len(other.seen)), (0, 2))
        link[1].close()
        front.close()
        server.close()

    def test_offsets_responses_are_read_in_both_forms(self):
        plain = struct.pack(">iiih", 1, 0, 1, 1) + b"t" + struct.pack(">iih", 1, 4, 25)
        self.assertEqual(proxy.error_of(28, 2, plain), 25)
        compact = (
            struct.pack(">i", 1) + b"\0" + struct.pack(">i", 0) + b"\2\2t\2" + struct.pack(">ih", 4, 82) + b"\0\0\0"
        )
        self.assertEqual(proxy.error_of(28, 3, compact), 82)


if __name__ == "__main__":
    unittest.main()
