"""Traces agents as DashStream messages, to Kafka or into a recording: what dash-reinforce makes batches of.

    tracer = Tracer("kafka:9092")                       # or a path: a recording
    with tracer.thread("example-1", "example-1-v7", 0, 8, policy_version=7, state={"question": "2+3="}) as t:
        with t.node("answer") as node:
            reply = …
            t.call(messages, reply, prompt_token_ids=…, token_ids=…, logprobs=…)
            node.set(answer=reply)
    tracer.close()

docs/tracing.md says what a thread must and may carry.
"""

from __future__ import annotations

from ._openai import openai
from .call import Call
from .sinks import TraceError
from .tracer import Node, Thread, Tracer, current_thread

__all__ = ["Call", "Node", "Thread", "TraceError", "Tracer", "current_thread", "openai"]
