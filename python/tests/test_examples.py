"""The examples run, each where what it needs is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from conftest import DATA, ROOT
from stub_api import Stub

from dash_reinforce import read, sequences


def run(name, *arguments, timeout=300):
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "python"),
        "TRL_EXPERIMENTAL_SILENCE": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *map(str, arguments)],
        capture_output=True, text=True, env=environment, timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_an_openai_agent_is_traced_and_becomes_a_batch(program, tmp_path):
    pytest.importorskip("openai", reason="openai is not installed")
    examples = tmp_path / "examples.jsonl"
    tasks = [("two-and-three", "2+3=", "5"), ("four-and-four", "4+4=", "8")]
    lines = [{"example_id": i, "data": {"question": q, "answer": a}, "input_keys": ["question"]} for i, q, a in tasks]
    examples.write_text("".join(json.dumps(line) + "\n" for line in lines))
    recording, out = tmp_path / "run.dsrun", tmp_path / "batches.jsonl"
    with Stub() as stub:
        stub.wrong = 1
        run(
            "trace_openai_agent.py",
            recording,
            "--base-url",
            stub.url,
            "--model",
            "tiny",
            "--examples",
            examples,
            "--token-ids",
        )
        assert len(stub.requests) == 8 and all(request["return_token_ids"] for request in stub.requests)
    command = [
        program,
        "replay",
        "--input",
        recording,
        "--examples",
        examples,
        "--out",
        out,
        "--quiet",
        "--groups-per-batch",
        "2",
    ]
    subprocess.run(command, check=True)
    (batch,) = read(out)
    rewards = {group["example_id"]: [r["reward"] for r in group["rollouts"]] for group in batch["groups"]}
    assert rewards == {"two-and-three": [0.0, 1.0, 1.0, 1.0], "four-and-four": [1.0] * 4}
    if any(r.get("calls") for g in batch["groups"] for r in g["rollouts"]):  # where the program knows model calls
        found = {(bytes(s.prompt_ids), bytes(s.completion_ids), s.advantage > 0) for s in sequences(batch)}
        assert (b"2+3=", b"6\x01", False) in found and (b"2+3=", b"5\x01", True) in found


def test_batches_become_a_parquet_file(tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow import parquet

    out = run("offline_parquet.py", DATA / "calls.jsonl", tmp_path / "a.parquet", "--only-trained")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert out.startswith(f"{table.num_rows} rows") and table.num_rows > 100
    assert set(table["trains"].to_pylist()) == {True} and "call" in table["unit"].to_pylist()


def test_trl_trains_on_batches(tmp_path):
    pytest.importorskip("trl", reason="trl is not installed")
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    policy, out, given = tmp_path / "policy", tmp_path / "out", tmp_path / "batches.jsonl"
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Qwen2Config(
        vocab_size=256, num_key_value_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=None, **shape
    )
    Qwen2ForCausalLM(config).save_pretrained(policy)
    words = Tokenizer(models.WordLevel({f"<{n}>": n for n in range(256)}, unk_token="<2>"))
    PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<0>", eos_token="<1>").save_pretrained(policy)
    with given.open("w") as file:
        for batch in read(DATA / "calls.jsonl"):
            # TRL's trainer takes one temperature a step
            for rollout in (r for g in batch["groups"] for r in g["rollouts"]):
                for sampled in [*rollout["calls"], *rollout["samples"]]:
                    sampled["temperature"] = 1.0
            file.write(json.dumps(batch) + "\n")
    said = run("trl_grpo.py", "--model", policy, "--batches", given, "--output", out, "--steps", "2", timeout=900)
    assert "2 steps" in said and (out / "config.json").exists()


def test_batches_become_rows_of_verls_queue(tmp_path):
    pytest.importorskip("transfer_queue", reason="TransferQueue is not installed")
    pytest.importorskip("verl", reason="verl is not installed")
    sys.path.insert(0, str(ROOT / "python" / "checks"))
    from own_ray import own_ray

    with own_ray() as address:
        options = ("--local", "--ray", address, "--groups", "4", "--steps", "2")
        said = run("verl_transferqueue.py", "--batches", DATA / "calls.jsonl", *options, timeout=900)
    assert "step 1: " in said and "rows put" in said
