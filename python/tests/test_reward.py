"""`python -m dash_reinforce.reward`: a line in, a line out, whatever the function does."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from conftest import ROOT
from making import call, sample

FUNCTIONS = """
import asyncio, ctypes, math, os, sys
from dash_reinforce.reward import Reward

async def side_by_side(rollout):
    started.append(1)
    while len(started) < 3:
        await asyncio.sleep(0.01)
    return float(len(started))
started = []

def trl(prompts, completions, answer, **columns):
    assert len(prompts) == len(completions) == len(answer) == len(columns["completion_ids"])
    print("batch of", len(prompts))
    return [1.0 if c[-1]["content"] == a else 0.0 for c, a in zip(completions, answer)]

async def exits(rollout):
    if rollout["example"]["data"]["question"] == "exit": sys.exit(3)
    return 1.0

async def trl_async(completions, answer):
    return [float(c[-1]["content"] == a) for c, a in zip(completions, answer)]

def none_of_all(completions): return [None] * len(completions)
def trl_unknown(completions, label): return [0.0]
def trl_short(prompts, completions, **_): return [0.0] * (len(prompts) - 1)

def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    return {"score": float(solution_str == ground_truth), "explanation": data_source + " " + extra_info["question"]}

def plain(rollout):
    what = rollout["example"]["data"]["question"]
    if what == "print":
        print("{}"); sys.stdout.flush(); os.write(1, b"{}\\n"); os.system("echo '{}'")
        ctypes.CDLL(None).puts(b"{}"); sys.__stdout__.write("{}")
        return 1
    if what == "raise": raise ValueError("broken")
    if what == "exit": sys.exit(3)
    if what == "nan": return math.nan
    if what == "text": return "1.0"
    if what == "list": return [1]
    if what == "none": return None
    if what == "huge": return 10 ** 400
    if what == "bool": return True
    if what == "stdin": return float(len(sys.stdin.read()))
    if what == "said": return {"reward": 0.5, "explanation": "half"}
    if what == "reward": return Reward(None, "error", "no judge")
    if what == "state": return {"nothing": 1}
    return float(rollout["final_state"]["answer"] == rollout["example"]["data"]["answer"])

class Judge:
    def __call__(self, rollout): return 0.25
judge = Judge()
number = 5
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "my_rewards.py").write_text(FUNCTIONS)

    def runs(function, *requests, arguments=(), code=0):
        lines = [request if isinstance(request, bytes) else json.dumps(request).encode() for request in requests]
        done = subprocess.run(
            [sys.executable, "-m", "dash_reinforce.reward", f"my_rewards:{function}", *arguments],
            input=b"\n".join(lines) + b"\n", capture_output=True, cwd=tmp_path, timeout=120, check=False,
            env={"PYTHONPATH": str(ROOT / "python"), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == code, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    return runs


def request(number, question="2+3=", content="5", **more):
    said = call(0, completion={"role": "assistant", "content": content})
    example = {"data": {"question": question, "answer": "5"}, "input_keys": ["question"]}
    return {
        "id": number, "tenant_id": "acme", "thread_id": f"t-{number}", "group_id": "g", "example_id": "e", "example": example,
        "outcome": "completed", "calls": [said], "samples": [], "final_state": {"answer": content}, "rewards": [], **more,
    }  # fmt: skip


def test_a_plain_function_is_given_the_rollout(run):
    assert run("plain", request(1), request("b", content="6")) == [
        {"id": 1, "reward": 1.0, "status": "ok"}, {"id": "b", "reward": 0.0, "status": "ok"}
    ]  # fmt: skip
    assert run("judge", request(1))[0]["reward"] == 0.25


@pytest.mark.parametrize(
    ("question", "reward", "status", "explanation"),
    [
        ("print", 1.0, "ok", None),
        ("raise", None, "error", "ValueError: broken"),
        ("exit", None, "error", "SystemExit: 3"),
        ("nan", None, "error", "the function gave nan, which is not finite"),
        ("text", None, "error", "the function gave a text, no number"),
        ("list", None, "error", "the function gave list, no number"),
        ("huge", None, "error", "the function gave int, no number"),
        ("none", None, "none", None),
        ("bool", 1.0, "ok", None),
        ("stdin", 0.0, "ok", None),
        ("said", 0.5, "ok", "half"),
        ("reward", None, "error", "no judge"),
        ("state", None, "error", "neither reward nor score"),
    ],
)
def test_whatever_a_function_does_each_line_has_one_answer(run, question, reward, status, explanation):
    first, second = run("plain", request(1, question), request(2))
    assert (first["id"], first["reward"], first["status"]) == (1, reward, status)
    assert explanation is None or explanation in first["explanation"]
    assert second == {"id": 2, "reward": 1.0, "status": "ok"}


def test_trls_signature_is_given_what_is_waiting_as_lists(run):
    found = run("trl", *[request(n, content="5" if n % 2 else "6") for n in range(10)], arguments=["--batch", "4"])
    assert [(one["id"], one["reward"]) for one in found] == [(n, float(n % 2)) for n in range(10)]
    assert run("trl_async", request(1), request(2, content="6"))[1] == {"id": 2, "reward": 0.0, "status": "ok"}


def test_a_column_that_is_missing_and_a_list_of_another_length_are_errors(run):
    (found,) = run("trl_unknown", request(1))
    assert "asks for label; there are prompts, completions, completion_ids, question, answer" in found["explanation"]
    (found,) = run("trl_short", request(1))
    assert found["explanation"] == "the function gave 0 rewards for 1"


def test_verls_signature_is_given_solution_and_ground_truth(run):
    example = {
        "data": {"question": "q", "data_source": "gsm8k", "reward_model": {"ground_truth": "7"}},
        "input_keys": ["question"],
    }
    found = run("compute_score", request(1), request(2, content="7", example=example))
    assert found == [
        {"id": 1, "reward": 1.0, "status": "ok", "explanation": "reinforce 2+3="},
        {"id": 2, "reward": 1.0, "status": "ok", "explanation": "gsm8k q"},
    ]


def test_async_functions_are_awaited_side_by_side(run):
    assert [one["reward"] for one in run("side_by_side", *map(request, range(3)))] == [3.0] * 3


def test_an_async_function_that_exits_is_an_error_of_its_own_line(run):
    requests = request(1, "exit"), request(2), request(3, "exit"), request(4)
    found = {one["id"]: one for one in run("exits", *requests)}
    assert [found[number]["status"] for number in (1, 2, 3, 4)] == ["error", "ok", "error", "ok"]
    assert found[1]["explanation"] == "SystemExit: 3"


def test_lines_that_are_no_requests_are_answered_and_do_no_harm(run):
    found = run("plain", b"{", b"[]", b'{"no": "id"}', b"", b"[" * 50_000, b'{"id": "\\ud800"}', request(1))
    nothing = [one for one in found if one["id"] is None]
    assert len(nothing) == 4 and all(one["status"] == "error" for one in nothing)
    assert [one["status"] for one in found if one["id"] is not None] == ["error", "ok"]


def test_completions_of_several_turns_stand_behind_the_first_prompt(run):
    from dash_reinforce.reward.signatures import chat_of, text_of

    chat = [{"role": "user", "content": "q"}]
    first = call(0, prompt=(1,))
    first["prompt"], first["completion"] = chat, {"role": "assistant", "content": None, "tool_calls": [{}]}
    between = [first["completion"], {"role": "tool", "content": "r"}]
    second = {**first, "prompt": [*chat, *between], "completion": {"role": "assistant", "content": "5"}}
    assert chat_of({"calls": [first, second]}) == (chat, [*between, second["completion"]])
    assert text_of({"calls": [first, second]}) == "5"
    other = {**second, "prompt": [{"role": "user", "content": "else"}]}
    assert chat_of({"calls": [first, other]}) == (other["prompt"], [other["completion"]])
    assert chat_of({"samples": [sample(0)]})[1] == [{"role": "assistant", "content": "answer: 5"}]
    assert chat_of({}) == ([], []) and text_of({}) == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "there is no such function"),
        ("__version__", "there is no such function"),
        ("", "give MODULE:FUNCTION"),
    ],
)
def test_a_function_that_is_not_there_is_named(name, message):
    done = subprocess.run(
        [sys.executable, "-m", "dash_reinforce.reward", f"dash_reinforce:{name}"], capture_output=True, check=False,
        env={"PYTHONPATH": str(ROOT / "python")},
    )  # fmt: skip
    assert done.returncode == 1 and message in done.stderr.decode()


def test_a_module_that_is_not_there_is_named():
    done = subprocess.run(
        [sys.executable, "-m", "dash_reinforce.reward", "no_such_module:f"], capture_output=True, check=False,
        env={"PYTHONPATH": str(ROOT / "python")},
    )  # fmt: skip
    assert done.returncode == 1 and "no_such_module" in done.stderr.decode()


def group(number, *contents):
    one = request(number)
    shared = {name: one.pop(name) for name in ("id", "tenant_id", "group_id", "example_id", "example")}
    rollouts = [request(n, content=content) for n, content in enumerate(contents)]
    told = ("thread_id", "outcome", "calls", "samples", "final_state", "rewards")
    return {**shared, "rollouts": [{name: rollout[name] for name in told} for rollout in rollouts]}


@pytest.mark.parametrize("function", ["trl", "trl_async", "plain"])
def test_a_group_has_one_answer_with_a_value_for_each_rollout(run, function):
    """Beside single rollouts, and whatever stands before and behind it."""
    found = run(function, request(1), group(2, "5", "6", "5"), group(3, "6"), request(4, content="6"))
    assert sorted(found, key=lambda one: one["id"]) == [
        {"id": 1, "reward": 1.0, "status": "ok"},
        {"id": 2, "rewards": [1.0, 0.0, 1.0], "status": "ok"},
        {"id": 3, "rewards": [0.0], "status": "ok"},
        {"id": 4, "reward": 0.0, "status": "ok"},
    ]


def test_a_group_whose_function_fails_is_an_error_as_a_whole(run):
    found = run("trl_short", group(1, "5", "6"))
    assert found[0]["reward"] is None and found[0]["status"] == "error"
    (broken,) = run("plain", {**group(2, "5"), "rollouts": 5})
    assert broken["status"] == "error" and "no list of objects" in broken["explanation"]
    (none,) = run("none_of_all", group(3, "5", "6"))
    assert none == {"id": 3, "rewards": [None, None], "status": "none"}
