"""Text that becomes token ids: what a trainer does that has no ids of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class TextError(ValueError):
    """Why a text has no token ids, as `sequences` counts it."""


def encoded(tokenizer: Any, kind: str, entry: Mapping[str, Any], eos: bool) -> tuple[list[int], list[int]]:
    """Prompt and completion of a call or a node sample; the end-of-sequence token only where nothing was cut."""
    messages, completion = entry.get("prompt"), entry.get("completion")
    if messages is None or completion is None:
        raise TextError("no_text")
    ends = eos and not entry["truncated"]
    if ends and tokenizer.eos_token_id is None:
        raise ValueError("the tokenizer has no end-of-sequence token: give eos=False")
    options = {"tools": entry["tools"]} if entry.get("tools") else {}
    prompt = _ids(tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=True, **options))
    if kind == "sample":
        return prompt, _plain(tokenizer, completion, ends)
    if not completion.get("tool_calls") and not completion.get("reasoning"):
        content = completion.get("content")
        if content is not None and not isinstance(content, str):
            raise TextError("no_text")
        return prompt, _plain(tokenizer, content or "", ends)
    return prompt, _rendered(tokenizer, messages, completion, options, ends)


def _ids(found: Any) -> list[int]:
    if not isinstance(found, list) and "input_ids" in found:
        found = found["input_ids"]
    return list(found)


def _plain(tokenizer: Any, text: str, ends: bool) -> list[int]:
    ids = _ids(tokenizer(text, add_special_tokens=False)) if text else []
    return [*ids, tokenizer.eos_token_id] if ends else ids


def _rendered(
    tokenizer: Any, messages: list[Any], completion: Mapping[str, Any], options: Mapping[str, Any], ends: bool
) -> list[int]:
    """Tool calls and reasoning have no text but the template's: what it adds behind the prompt."""
    before = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False, **options)
    after = tokenizer.apply_chat_template([*messages, completion], tokenize=False, **options)
    if not after.startswith(before) or len(after) == len(before):
        raise TextError("template")
    ids = _plain(tokenizer, after[len(before) :], False)
    last = tokenizer.eos_token_id
    if last in ids:
        ids = ids[: len(ids) - ids[::-1].index(last)]
        return ids if ends else ids[:-1]
    return [*ids, last] if ends else ids
