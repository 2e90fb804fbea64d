"""What adapters make of a step, as far as it needs no trainer: shapes, paddings, shifts, and what is refused.

The trainers themselves are run by scripts/trainers-check.
"""

from __future__ import annotations

import json

import pytest
from making import batch, call, group, rollout, sample, sequence

from dash_reinforce import agentlightning, arrow, dashflow, prime_rl, sequences
from dash_reinforce._check import one_temperature, step_of

SHORT = sequence(
    prompt_ids=[5], completion_ids=[6, 7, 8], mask=[1, 0, 1], logprobs=[-1.0, 0.0, -2.0], weight=0.5, advantage=2.0
)
LONG = sequence(prompt_ids=[1, 2, 3], completion_ids=[4], mask=[1], logprobs=[-0.5], advantage=-1.0, call=1, weight=1.5)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is not installed")


def test_trl_has_prompts_left_completions_right_and_logprobs_of_completion_length(torch):
    from dash_reinforce.trl import grpo_inputs

    found = grpo_inputs([SHORT, LONG], pad_id=0)
    assert found["prompt_ids"].tolist() == [[0, 0, 5], [1, 2, 3]] and found["prompt_mask"].tolist() == [
        [0, 0, 1],
        [1, 1, 1],
    ]
    assert found["completion_ids"].tolist() == [[6, 7, 8], [4, 0, 0]]
    assert found["completion_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert found["tool_mask"].tolist() == [[1, 0, 1], [1, 1, 1]]
    assert found["old_per_token_logps"].tolist() == [[-1.0, 0.0, -2.0], [-0.5, 0.0, 0.0]]
    assert found["advantages"].tolist() == [1.0, -1.5] and found["num_items_in_batch"] == 3


def test_trl_leaves_logprobs_away_where_one_has_none_and_refuses_where_they_are_demanded(torch):
    from dash_reinforce.trl import grpo_inputs

    unknown = sequence(logprobs=None)
    assert "old_per_token_logps" not in grpo_inputs([SHORT, unknown], 0)
    assert "old_per_token_logps" not in grpo_inputs([SHORT], 0, use_logprobs=False)
    with pytest.raises(ValueError, match="needs the logprobs"):
        grpo_inputs([SHORT, unknown], 0, use_logprobs=True)


def test_trl_parts_of_a_step_weigh_what_they_are_of_it(torch):
    from dash_reinforce.trl import micro_batches

    items = [SHORT, LONG, LONG]
    one, two = micro_batches(items, 2, "grpo", {"pad_id": 0})
    assert (one["advantages"].shape[0], two["advantages"].shape[0]) == (1, 2)
    weight = sum(s.weight for s in items) / 3
    assert one["advantages"].tolist() == pytest.approx([2.0 * 0.5 / weight * 2 / 3])
    assert two["advantages"].tolist() == pytest.approx([-1.5 / weight * 4 / 3] * 2)
    assert one["num_items_in_batch"] == two["num_items_in_batch"] == 4
    parts = micro_batches([SHORT], 3, "grpo", {"pad_id": 0})
    assert sorted(part["advantages"].abs().sum().item() > 0 for part in parts) == [False, False, True]


def test_a_prompt_that_is_too_long_is_refused_and_never_cut(torch):
    from dash_reinforce.trl import grpo_inputs

    with pytest.raises(ValueError, match="a prompt of 3 tokens, over 2"):
        grpo_inputs([LONG], 0, max_prompt=2)
    with pytest.raises(ValueError, match="a completion of 3 tokens, over 2"):
        grpo_inputs([SHORT], 0, max_completion=2)


def test_the_async_worker_says_when_there_are_no_more_steps():
    from dash_reinforce.trl import RolloutWorker

    worker = RolloutWorker([([SHORT, LONG], "a")])
    worker.sample = lambda s: s.call  # TRL's own sample needs TRL
    worker.start()
    worker._thread.join(60)
    taken = [worker.rollout_buffer.get(timeout=1)]
    worker.check_health(10.0)  # one is left
    taken.append(worker.rollout_buffer.get(timeout=1))
    assert taken == [0, 1]
    with pytest.raises(RuntimeError, match="the steps have ended, after 2 samples"):
        worker.check_health(10.0)
    worker.stop()
    worker.check_health(10.0)  # whoever stopped it knows


def test_prime_rl_has_streams_of_whole_length_and_needs_logprobs_and_temperature():
    found = prime_rl.streams(SHORT)
    assert found["token_ids"] == [5, 6, 7, 8] and found["mask"] == [False, True, False, True]
    assert found["logprobs"] == [0.0, -1.0, 0.0, -2.0] and found["temperatures"] == [1.0] * 4
    assert found["advantages"] == [0.0, 2.0, 2.0, 2.0] and found["rl_weights"] == [0.5] * 4
    assert prime_rl.streams(sequence())["rl_weights"] is None
    with pytest.raises(ValueError, match="prime-rl needs the logprobs"):
        prime_rl.streams(sequence(logprobs=None))
    with pytest.raises(ValueError, match="needs the temperature"):
        prime_rl.streams(sequence(temperature=None))


def test_transferqueue_rows_are_not_padded_and_carry_advantage_or_reward(torch):
    from dash_reinforce.transferqueue import row, tag

    found = row(SHORT)
    assert found["prompts"].tolist() == [5] and found["responses"].tolist() == [6, 7, 8]
    assert found["input_ids"].tolist() == [5, 6, 7, 8] and found["position_ids"].tolist() == [0, 1, 2, 3]
    assert found["response_mask"].tolist() == [1, 0, 1] and found["rollout_log_probs"].tolist() == [-1.0, 0.0, -2.0]
    assert found["rm_scores"].tolist() == [0.0, 0.0, 1.0]
    assert row(SHORT, "reward")["rm_scores"].tolist() == [0.0, 0.0, 1.0]
    assert "rollout_log_probs" not in row(sequence(logprobs=None))
    assert "rollout_log_probs" not in row(SHORT, logprobs=False)
    assert tag(SHORT, 4)["seq_len"] == 4 and tag(SHORT, 4)["global_steps"] == 4
    with pytest.raises(ValueError, match="score is"):
        row(SHORT, "value")


def test_agent_lightning_takes_no_masks_and_no_unknown_logprobs():
    with pytest.raises(ValueError, match="a triplet has no mask"):
        agentlightning.completed_rollouts([SHORT])
    with pytest.raises(ValueError, match="agent-lightning needs the logprobs"):
        agentlightning.completed_rollouts([sequence(logprobs=None)])
    with pytest.raises(ValueError, match="it has no reward"):
        agentlightning.completed_rollouts([sequence(reward=None)])


def test_a_step_is_normalised_and_must_hold_something():
    assert [s.weight for s in step_of([SHORT, sequence(weight=1.5)])] == [0.5, 1.5]
    with pytest.raises(ValueError, match="no sequences"):
        step_of([])


def test_a_trainer_of_one_temperature_is_given_one():
    assert one_temperature([sequence(), sequence(temperature=None)]) == 1.0
    assert one_temperature([sequence(temperature=None)]) is None
    with pytest.raises(ValueError, match=r"several temperatures, \[0\.7, 1\.0\]"):
        one_temperature([sequence(), sequence(temperature=0.7)])


def test_dashflow_examples_are_texts_of_nodes():
    value = batch(
        group(
            rollouts=[rollout(0, samples=[sample(0), sample(1, completion="")], reward=0.5), rollout(1, trains=False)]
        )
    )
    (found,) = dashflow.examples(value)
    assert found == {"prompt": [{"type": "human", "content": "Node: answer"}], "completion": "answer: 5", "reward": 1.0}
    assert [one["reward"] for one in dashflow.examples(value, "reward")] == [0.5]
    with pytest.raises(ValueError):
        list(dashflow.examples(value, "score"))


def test_rows_are_calls_and_samples_each_with_its_rollout():
    value = batch(group(rollouts=[rollout(0, [call(0, reward=0.25)], [sample(0)], reward=0.5)], example={"data": {}}))
    of_call, of_sample = arrow.rows(value)
    assert (of_call["unit"], of_call["unit_index"], of_call["trains"], of_call["text"]) == ("call", 0, True, "5")
    assert json.loads(of_call["prompt"]) == [{"role": "user", "content": "2+3="}]
    assert json.loads(of_call["completion"])["content"] == "5"
    assert (of_call["reward"], of_call["unit_reward"], of_call["unit_status"], of_call["status"]) == (
        0.5,
        0.25,
        "ok",
        "completed",
    )
    assert (of_sample["unit"], of_sample["trains"], of_sample["text"]) == ("sample", False, "answer: 5")
    assert json.loads(of_sample["inputs"]) == {"question": "2+3="} and of_sample["example"] == '{"data":{}}'


def test_an_arrow_table_has_them_and_survives_a_parquet_file(golden, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow import compute, parquet

    batches = list(golden.values())
    found = arrow.table(batches)
    assert found.num_rows == len(list(arrow.rows(batches))) > 100
    parquet.write_table(found, tmp_path / "a.parquet")
    again = parquet.read_table(tmp_path / "a.parquet")
    assert again.equals(found)
    rows = again.filter(compute.field("unit") == "call").to_pylist()
    ids = [c["token_ids"] for b in batches for g in b["groups"] for r in g["rollouts"] for c in r["calls"]]
    assert [row["token_ids"] for row in rows] == ids


def test_the_golden_agent_goes_through_each_adapter_that_needs_nothing(golden):
    items = list(sequences(golden["c13-agent"], merge=False))
    known = [s for s in items if s.logprobs is not None]
    assert len(known) > 10
    for s in known:
        found = prime_rl.streams(s)
        assert {len(found[name]) for name in ("token_ids", "mask", "logprobs", "temperatures", "advantages")} == {
            len(s.ids)
        }
