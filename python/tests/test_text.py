"""Text that is encoded anew: an explicit choice, since the ids may differ from those that were sampled."""

from __future__ import annotations

from collections import Counter

import pytest
from making import batch, call, group, rollout

from dash_reinforce import sequences


def text(tokenizer, *calls, **options):
    value = batch(group(rollouts=[rollout(0, calls)]))
    return list(sequences(value, tokenizer, tokens="text", **options))


def codes(value):
    return [10 + ord(one) for one in value]


def test_the_prompt_is_the_chat_template_and_the_completion_ends_with_the_end_token(tokenizer):
    (s,) = text(tokenizer, call(0))
    assert s.prompt_ids == codes("<user>2+3=<assistant>")
    assert (s.completion_ids, s.mask, s.logprobs, s.source) == ([*codes("5"), 1], [1, 1], None, "text")


def test_the_end_token_is_not_appended_where_the_completion_was_cut_or_on_request(tokenizer):
    cut = call(0, truncated=True, finish_reason="length")
    assert text(tokenizer, cut)[0].completion_ids == codes("5")
    assert text(tokenizer, call(0), eos=False)[0].completion_ids == codes("5")


def test_the_end_token_is_never_added_to_what_the_engine_sampled(tokenizer):
    value = batch(group(rollouts=[rollout(0, [call(0, ids=(9, 8))])]))
    (s,) = sequences(value, tokenizer, tokens="any")
    assert (s.completion_ids, s.source) == ([9, 8], "engine")


def test_any_takes_the_text_where_the_engine_said_nothing(tokenizer):
    value = batch(group(rollouts=[rollout(0, [call(0), call(1, (), ())])]))
    assert [s.source for s in sequences(value, tokenizer, tokens="any")] == ["engine", "text"]


def test_encoding_again_differs_from_what_was_sampled(tokenizer):
    """Why `engine` is the default: a policy splits a text in ways that a tokenizer does not."""

    class Pairs(type(tokenizer)):
        def __call__(self, text, add_special_tokens=True):
            return {"input_ids": [500 + ord(text[i]) + len(text[i : i + 2]) for i in range(0, len(text), 2)]}

    sampled = call(0, ids=codes("12"), logprobs=[-1.0, -1.0], completion={"role": "assistant", "content": "12"})
    value = batch(group(rollouts=[rollout(0, [sampled])]))
    (engine,), (anew,) = sequences(value), sequences(value, Pairs(), tokens="text", eos=False)
    assert engine.completion_ids == codes("12") and anew.completion_ids != engine.completion_ids


def test_tool_calls_are_rendered_by_the_template_and_end_once(tokenizer):
    tool = {"id": "a", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    said = call(
        0, completion={"role": "assistant", "content": None, "tool_calls": [tool]}, tools=[{"type": "function"}]
    )
    (s,) = text(tokenizer, said)
    assert s.prompt_ids == codes("[1 tools]<user>2+3=<assistant>")
    assert s.completion_ids == [*codes("(add)"), 1]
    assert text(tokenizer, said, eos=False)[0].completion_ids == codes("(add)")


def test_a_template_that_does_not_continue_the_prompt_is_counted(tokenizer):
    tokenizer.apply_chat_template = lambda messages, **o: [1] if o.get("tokenize", True) else f"{len(messages)}"
    skipped = Counter()
    said = call(0, completion={"role": "assistant", "content": "", "tool_calls": [{}]})
    assert text(tokenizer, said, skipped=skipped) == [] and skipped == {"template": 1}


def test_what_has_no_text_is_counted(tokenizer):
    skipped = Counter()
    picture = call(2, completion={"role": "assistant", "content": [{"type": "image"}]})
    nothing = call(3, completion={"role": "assistant", "content": ""})
    found = text(tokenizer, {**call(0), "prompt": None}, call(1, completion=None), picture, nothing, skipped=skipped)
    assert skipped == {"no_text": 3}
    assert [s.completion_ids for s in found] == [[1]]


def test_a_tokenizer_without_an_end_token_is_refused(tokenizer):
    tokenizer.eos_token_id = None
    with pytest.raises(ValueError, match="no end-of-sequence token"):
        text(tokenizer, call(0))
