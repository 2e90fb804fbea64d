"""Chat completions that are traced: the real client against a stub of the API, and objects like it."""

from __future__ import annotations

import asyncio
import json
import struct
from types import SimpleNamespace as Object

import pytest
from stub_api import Stub
from test_trace import messages

from dash_reinforce.trace import Tracer, openai

CHAT = [{"role": "user", "content": "2+3="}]


@pytest.fixture
def api():
    with Stub() as stub:
        yield stub


@pytest.fixture
def client(api):
    package = pytest.importorskip("openai", reason="openai is not installed")
    return package.OpenAI(base_url=api.url, api_key="none", max_retries=0)


@pytest.fixture
def traced(tmp_path, dashstream):
    """A run within which `use` is called; gives the events of its model calls."""

    def run(use, **options):
        path = tmp_path / "a.dsrun"
        with (
            Tracer(path, overwrite=True) as tracer,
            tracer.thread("e1", "g", 0, 1, policy_version=7) as t,
            t.node("answer"),
        ):
            use(tracer)
        found = [one for one in messages(path, dashstream) if getattr(one, "event_type", 0) >= 30]
        return [(one.event_type, one.llm_request_id, one.node_id, one.attributes) for one in found]

    return run


def said(attributes, name):
    return json.loads(attributes[name].string_value)


def test_a_call_is_traced_with_what_was_asked_and_answered(client, traced):
    tools = [{"type": "function", "function": {"name": "add", "parameters": {}}}]

    def use(tracer):
        one = openai(client, tracer, ask=True, role="solver", tokenizer="bytes")
        answer = one.chat.completions.create(
            model="tiny", messages=CHAT, temperature=0.5, max_completion_tokens=4, tools=tools
        )
        assert answer.choices[0].message.content == "5"

    (begin, request, node, asked), (end, same, _, answered) = traced(use)
    assert (begin, end, node, request == same) == (30, 31, "answer", True)
    assert said(asked, "gen_ai.input.messages") == CHAT and said(asked, "gen_ai.tool.definitions") == tools
    assert asked["gen_ai.request.model"].string_value == "tiny" and asked["gen_ai.request.max_tokens"].int_value == 4
    assert asked["gen_ai.request.temperature"].float_value == 0.5
    assert (asked["rl.role"].string_value, asked["rl.tokenizer"].string_value) == ("solver", "bytes")
    output = said(answered, "gen_ai.output.messages")
    assert [(m["role"], m["content"]) for m in output] == [("assistant", "5")]
    assert answered["gen_ai.response.finish_reasons"].array_value.values[0].string_value == "stop"
    assert (
        answered["gen_ai.usage.output_tokens"].int_value == 2
        and answered["gen_ai.response.model"].string_value == "tiny"
    )
    assert answered["rl.token_ids"].bytes_value == struct.pack("<2I", 53, 1)
    assert answered["rl.logprobs"].bytes_value == struct.pack("<2f", -0.5, -0.25)
    assert answered["rl.prompt_token_ids"].bytes_value == struct.pack("<4I", 50, 43, 51, 61)


def test_a_streamed_answer_is_put_together(client, traced):
    def use(tracer):
        stream = openai(client, tracer, ask=True).chat.completions.create(model="tiny", messages=CHAT, stream=True)
        with stream:
            assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "5"

    _, (kind, _, _, answered) = traced(use)
    assert kind == 31 and said(answered, "gen_ai.output.messages")[0]["content"] == "5"
    assert answered["rl.token_ids"].bytes_value == struct.pack("<2I", 53, 1)
    assert answered["rl.logprobs"].bytes_value == struct.pack("<2f", -0.5, -0.25)


def test_a_stream_that_is_not_read_to_its_end_leaves_the_call_open(client, traced):
    def use(tracer):
        with openai(client, tracer).chat.completions.create(model="tiny", messages=CHAT, stream=True) as stream:
            next(iter(stream))

    assert [kind for kind, *_ in traced(use)] == [30]


def test_tool_calls_are_traced_as_they_came(client, api, traced):
    api.tool_call = True

    def use(tracer):
        one = openai(client, tracer)
        answer = one.chat.completions.create(model="tiny", messages=CHAT).choices[0].message
        one.chat.completions.create(
            model="tiny", messages=[*CHAT, answer, {"role": "tool", "tool_call_id": "c", "content": "5"}]
        )

    found = traced(use)
    call = said(found[1][3], "gen_ai.output.messages")[0]["tool_calls"][0]
    assert (call["id"], call["function"]) == ("c", {"name": "add", "arguments": '{"a":2}'})
    again = said(found[2][3], "gen_ai.input.messages")
    assert again[1]["tool_calls"][0]["function"]["name"] == "add" and again[2]["role"] == "tool"


def test_errors_are_traced_and_go_on(client, api, traced):
    api.status = 500

    def use(tracer):
        with pytest.raises(Exception, match="500"):
            openai(client, tracer).chat.completions.create(model="tiny", messages=CHAT)

    (_, _, _, _), (kind, _, _, attributes) = traced(use)
    assert kind == 32 and "InternalServerError" in attributes["error"].string_value


def test_several_choices_are_several_calls(client, traced):
    found = traced(lambda tracer: openai(client, tracer).chat.completions.create(model="tiny", messages=CHAT, n=2))
    assert sorted(kind for kind, *_ in found) == [30, 30, 31, 31]
    assert len({request for _, request, *_ in found}) == 2


def test_the_client_that_was_given_is_not_changed_and_outside_of_a_run_nothing_is_traced(client, tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path) as tracer:
        one = openai(client, tracer)
        assert one is not client and type(one) is type(client)
        with tracer.thread("e1", "g", 0, 1, policy_version=7):
            client.chat.completions.create(model="tiny", messages=CHAT)
        one.chat.completions.create(model="tiny", messages=CHAT)
    assert [one.event_type for one in messages(path, dashstream)] == [1, 2]


def test_async_clients_are_traced_task_by_task(api, tmp_path, dashstream):
    package = pytest.importorskip("openai", reason="openai is not installed")
    path = tmp_path / "a.dsrun"

    async def run(one, tracer, index):
        with tracer.thread("e1", "g", index, 2, policy_version=7, thread_id=f"t-{index}"):
            await one.chat.completions.create(model="tiny", messages=CHAT)
            stream = await one.chat.completions.create(model="tiny", messages=CHAT, stream=True)
            assert len([chunk async for chunk in stream]) > 1

    async def both(tracer):
        async with package.AsyncOpenAI(base_url=api.url, api_key="none") as given:
            one = openai(given, tracer)
            await asyncio.gather(run(one, tracer, 0), run(one, tracer, 1))

    with Tracer(path) as tracer:
        asyncio.run(both(tracer))
    found = messages(path, dashstream)
    for index in range(2):
        kinds = [one.event_type for one in found if one.header.thread_id == f"t-{index}"]
        assert kinds == [1, 30, 31, 30, 31, 2]


def choice(**more):
    message = {"role": "assistant", "content": "5"}
    return {"index": 0, "message": message, "finish_reason": "stop", **more}


def like(create):
    return Object(chat=Object(completions=Object(create=create)))


def test_token_ids_that_are_written_in_place_of_tokens_are_read(traced):
    tokens = [{"token": f"token_id:{n}", "logprob": -n} for n in (1, 2)]

    def use(tracer):
        openai(like(lambda **_: {"choices": [choice(logprobs={"content": tokens})]}), tracer).chat.completions.create(
            messages=CHAT
        )

    answered = traced(use)[1][3]
    assert answered["rl.token_ids"].bytes_value == struct.pack("<2I", 1, 2)
    assert answered["rl.logprobs"].bytes_value == struct.pack("<2f", -1, -2)


def test_logprobs_without_ids_are_no_tokens_and_contradictions_do_no_harm(traced, caplog):
    def use(tracer):
        for more in ({"logprobs": {"content": [{"token": "5", "logprob": -1.0}]}}, {"token_ids": [-5]}):
            openai(like(lambda more=more, **_: {"choices": [choice(**more)]}), tracer).chat.completions.create(
                messages=CHAT
            )

    found = traced(use)
    assert [kind for kind, *_ in found] == [30, 31, 30, 31]
    assert all("rl.token_ids" not in attributes for *_, attributes in found)
    assert "is traced without tokens" in caplog.text


def test_what_cannot_be_traced_is_logged_and_the_answer_is_given(traced, caplog):
    def use(tracer):
        one = openai(like(lambda **_: "an answer"), tracer)
        assert one.chat.completions.create(messages=[object()]) == "an answer"

    assert traced(use) == [] and "a model call was not traced" in caplog.text
