"""Producers that say nonsense, or far too much: what of it reaches a trainer, through the program and the reader."""

from __future__ import annotations

import json
import subprocess
from collections import Counter

import pytest

from dash_reinforce import BatchError, parse, read, sequences
from dash_reinforce.trace import Tracer, wire

CHAT = json.dumps([{"role": "user", "content": "2+3="}])
ANSWER = json.dumps({"role": "assistant", "content": "5"})
GOOD = {"rl.token_ids": [9, 1], "rl.logprobs": [-0.5, -0.25]}


def said(tracer, name, calls):
    """A thread, alone in its group, with these calls: attributes as they are, whatever the tracer would say to them."""
    run = tracer.thread("sum", name, 0, 1, "7", {"question": "2+3="}, thread_id=name)
    with run as thread, thread.node("answer") as node:
        for number, (prompt, end) in enumerate(calls):
            request = f"r{number}"
            begin = {"gen_ai.input.messages": prompt, "rl.prompt_token_ids": [7, 8]}
            thread.event(wire.LLM_START, "answer", request, attributes=begin)
            thread.event(wire.LLM_END, "answer", request, attributes={"gen_ai.output.messages": ANSWER, **end})
        node.set(answer="5")


@pytest.fixture(scope="module", params=["jsonl", "pb"])
def batches(request, program, tmp_path_factory):
    """By group: what the program makes of them."""
    folder = tmp_path_factory.mktemp("hostile")
    with Tracer(folder / "run.dsrun") as tracer:
        said(tracer, "good", [(CHAT, GOOD)])
        said(tracer, "messages", [('[{"role":"user","conte', GOOD)])
        said(tracer, "length", [(CHAT, {**GOOD, "rl.logprobs": [-0.5]})])
        said(tracer, "nan", [(CHAT, {**GOOD, "rl.logprobs": [-0.5, float("nan")]})])
        said(tracer, "ids", [(CHAT, {**GOOD, "rl.token_ids": [-1, 1 << 40]})])
        long = json.dumps([{"role": "user", "content": "lorem ipsum " * (7 * (1 << 20) // 12)}])
        said(tracer, "prompt", [(long, GOOD)])
        said(tracer, "calls", [(CHAT, GOOD)] * 10_000)
    examples = folder / "examples.jsonl"
    data = {"question": "2+3=", "answer": "5"}
    examples.write_text(json.dumps({"example_id": "sum", "data": data, "input_keys": ["question"]}) + "\n")
    out = folder / f"batches.{request.param}"
    command = [program, "replay", "--input", folder / "run.dsrun", "--examples", examples, "--out", out, "--quiet"]
    settings = ["--groups-per-batch", "1", "--set", "groups.min_usable=1", "--set", "limits.max_rollout_bytes=64MiB"]
    subprocess.run([*command, *settings], check=True, timeout=300)
    return {batch["groups"][0]["group_id"]: batch for batch in read(out)}


def test_every_thread_comes_and_its_calls_say_what_is_wrong_with_them(batches):
    found = {}
    for name, batch in batches.items():
        (rollout,) = batch["groups"][0]["rollouts"]
        found[name] = {call["token_problem"] for call in rollout["calls"]}
    assert found == {
        "good": {None}, "messages": {"messages"}, "length": {"length"}, "nan": {"value"}, "ids": {"value"},
        "prompt": {None}, "calls": {None},
    }  # fmt: skip


def test_what_has_no_tokens_is_left_out_and_counted_and_the_rest_trains(batches):
    skipped = Counter()
    few = [batches[name] for name in ("good", "messages", "length", "nan", "ids", "prompt")]
    with pytest.warns(UserWarning, match="token ids"):
        found = list(sequences(few, skipped=skipped))
    assert [s.thread for s in found] == ["good", "messages", "prompt"]
    assert all((s.prompt_ids, s.completion_ids) == ([7, 8], [9, 1]) for s in found)
    assert skipped == {"no_tokens": 3}


def test_ten_thousand_calls_of_one_rollout_count_as_one_rollout(batches):
    found = list(sequences(batches["calls"]))
    assert len(found) == 10_000 and abs(sum(s.weight for s in found) - 1) < 1e-9


def test_what_is_shaped_wrongly_is_no_batch():
    whole = {"schema_version": 1, "tenant_id": "acme", "groups": [{"digest": "d", "rollouts": [{}]}]}
    assert parse(json.dumps(whole).encode())["tenant_id"] == "acme"
    for change, message in (
        ({"tenant_id": None}, "tenant_id is no text"),
        ({"groups": {}}, "no groups"),
        ({"groups": [[]]}, "group 0 has no digest"),
        ({"groups": [whole["groups"][0], {"digest": 5}]}, "group 1 has no digest"),
        ({"groups": [{"digest": "d", "rollouts": None}]}, "group 0 has no rollouts"),
        ({"groups": [{"digest": "d", "rollouts": ["r"]}]}, "group 0 has no rollouts"),
    ):
        with pytest.raises(BatchError, match=message):
            parse(json.dumps({**whole, **change}).encode())
