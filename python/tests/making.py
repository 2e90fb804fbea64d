"""Batches and sequences written out by hand."""

from __future__ import annotations

from dash_reinforce import Sequence


def call(index=0, prompt=(7, 8), ids=(9, 1), logprobs=(-0.5, -0.25), **more):
    """A trainable call; `more` replaces what it says."""
    return {
        "call_index": index, "request_id": f"r-{index}", "node_id": "answer", "visit": 0, "role": None, "model": "tiny",
        "status": "ok", "trains": True, "prompt": [{"role": "user", "content": "2+3="}], "tools": None,
        "completion": {"role": "assistant", "content": "5"}, "finish_reason": "stop", "truncated": False,
        "prompt_token_ids": list(prompt), "token_ids": list(ids), "logprobs": list(logprobs), "loss_mask": [1] * len(ids),
        "token_source": "engine", "token_problem": None, "tokenizer": "tiny", "temperature": 1.0, "top_p": None,
        "policy_version": "7", "input_tokens": 2, "output_tokens": 2, "started_at_us": 1, "ended_at_us": 2, "reward": None,
        "advantage": 1.0, "weight": 1.0, **more,
    }  # fmt: skip


def sample(index=0, **more):
    """A node sample as text."""
    return {
        "sample_index": index, "node_id": "answer", "visit": 0, "prompt": [{"role": "user", "content": "Node: answer"}],
        "completion": "answer: 5", "inputs": {"question": "2+3="}, "outputs": {"answer": "5"}, "advantage": 1.0, "model": None,
        "finish_reason": None, "truncated": False, "prompt_token_ids": [], "token_ids": [], "logprobs": [], "loss_mask": [],
        "temperature": None, "policy_version": "7", "token_source": "absent", "trains": False, **more,
    }  # fmt: skip


def rollout(index=0, calls=(), samples=(), **more):
    return {
        "thread_id": f"t-{index}", "rollout_index": index, "attempt": 0, "status": "completed", "votes": True, "trains": True,
        "excluded": None, "reward": 1.0, "rewards": [], "advantage": 1.0, "weight": 1.0, "started_at_us": 1, "ended_at_us": 2,
        "nodes": 1, "tool_calls": 0, "tool_failures": 0, "source": [], "traceparent": None, "samples": list(samples),
        "calls": list(calls), **more,
    }  # fmt: skip


def group(digest="d0", rollouts=(), **more):
    return {
        "group_id": f"group-{digest}", "example_id": "example-1", "example_sha256": "", "example": None,
        "policy_version_min": "7", "policy_version_max": "7", "expected_size": 1, "close_reason": "complete", "signal": "ok",
        "revision": 0, "supersedes": None, "digest": digest, "stats": {}, "rollouts": list(rollouts) or [rollout(0, [call()])],
        **more,
    }  # fmt: skip


def batch(*groups, **more):
    return {
        "schema_version": 1, "batch_id": "b", "sequence": 0, "created_at_us": 0, "app_id": "app", "tenant_id": "acme",
        "partial": False, "estimator": {"preset": "dashflow"}, "reinforce_config": None, "groups": list(groups) or [group()],
        **more,
    }  # fmt: skip


def sequence(**more):
    """A sequence of two prompt and two completion tokens."""
    return Sequence(**{
        "prompt_ids": [7, 8], "completion_ids": [9, 1], "mask": [1, 1], "logprobs": [-0.5, -0.25], "advantage": 1.0,
        "weight": 1.0, "reward": 1.0, "group": "d0", "rollout": 0, "call": 0, "thread": "t-0", "example": "example-1",
        "policy_version": "7", "temperature": 1.0, "finish_reason": "stop", "tokenizer": "tiny", "source": "engine",
        "calls": (0,), **more,
    })  # fmt: skip
