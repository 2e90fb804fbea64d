"""Which sequences come of a batch, and what stands in them."""

from __future__ import annotations

import warnings
from collections import Counter

import pytest
from making import batch, call, group, rollout, sample

from dash_reinforce import BatchError, by_rollout, normalized, sequences


def one(*calls, **more):
    """A batch of one rollout with these calls."""
    return batch(group(rollouts=[rollout(0, calls, **more)]))


def all_of(value, **options):
    return list(sequences(value, **options))


def test_a_call_becomes_a_sequence_with_what_the_engine_saw_and_sampled():
    (s,) = all_of(batch())
    assert (s.prompt_ids, s.completion_ids, s.mask, s.logprobs) == ([7, 8], [9, 1], [1, 1], [-0.5, -0.25])
    assert (s.advantage, s.weight, s.reward, s.group, s.rollout, s.call) == (1.0, 1.0, 1.0, "d0", 0, 0)
    assert (s.thread, s.example, s.policy_version, s.temperature) == ("t-0", "example-1", "7", 1.0)
    assert (s.finish_reason, s.tokenizer, s.source, s.unit, s.tenant) == ("stop", "tiny", "engine", "call", "acme")
    assert s.ids == [7, 8, 9, 1]


def test_the_golden_calls_that_train_and_have_ids_come_unmerged_one_by_one(golden):
    for name, value in golden.items():
        expected = [
            (c["prompt_token_ids"], c["token_ids"])
            for g in value["groups"] for r in g["rollouts"] for c in r["calls"]
            if c["trains"] and c["prompt_token_ids"] and c["token_ids"] and any(c["loss_mask"])
        ]  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some groups have no ids at all
            found = [(s.prompt_ids, s.completion_ids) for s in sequences(value, merge=False) if s.unit == "call"]
        if name != "c26-numbers":  # there a −∞ takes its token out of the mask
            assert found == expected, name


def test_turns_of_the_golden_agent_are_merged_where_one_continues_the_other(golden):
    calls = golden["c16-one_node"]["groups"][0]["rollouts"][1]["calls"]
    alike = one(*[{**c, "temperature": 1.0} for c in calls])  # in the recording it differs from call to call
    (s,) = all_of(alike)
    assert s.prompt_ids == [252, 104, 209, 209]
    assert s.completion_ids == [66, 181, 143, 210, 225, 65, 145, 247, 121, 101, 115]
    assert s.mask == [1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1]
    assert s.logprobs == pytest.approx(
        [-0.15025835, 0, 0, 0, 0, -0.59263164, 0, 0, -0.028054282, -1.5820686, -0.3639646]
    )
    assert s.calls == (0, 1, 2) and s.weight == 1.0
    assert len(all_of(alike, merge=False)) == 3


def test_turns_are_not_merged_unless_the_prefix_is_exact_to_the_token():
    first = call(0, (7, 8), (9, 1))
    assert len(all_of(one(first, call(1, (7, 8, 9, 1, 4), (5, 6))))) == 1
    assert len(all_of(one(first, call(1, (7, 8, 9, 2, 4), (5, 6))))) == 2
    assert len(all_of(one(first, call(1, (7, 3, 9, 1, 4), (5, 6))))) == 2
    assert len(all_of(one(first, call(1, (7, 8, 9), (5, 6))))) == 2


def test_a_prompt_that_ends_with_the_completion_continues_it_without_anything_between():
    (s,) = all_of(one(call(0, (7, 8), (9, 1)), call(1, (7, 8, 9, 1), (5, 6))))
    assert (s.completion_ids, s.mask) == ([9, 1, 5, 6], [1, 1, 1, 1])


@pytest.mark.parametrize(
    "difference",
    [
        {"role": "planner"},
        {"policy_version": "8"},
        {"temperature": 0.5},
        {"tokenizer": "other"},
        {"advantage": 0.5},
        {"logprobs": []},
    ],
)
def test_turns_of_another_kind_are_not_merged(difference):
    second = {**call(1, (7, 8, 9, 1, 4), (5, 6)), **difference}
    assert [s.calls for s in all_of(one(call(0), second))] == [(0,), (1,)]


def test_conversations_side_by_side_are_merged_each_with_its_own():
    a0, b0 = call(0, (1, 2), (3, 4)), call(1, (1, 9), (3, 4))
    b1, a1 = call(2, (1, 9, 3, 4, 5), (6, 7)), call(3, (1, 2, 3, 4, 5), (6, 7))
    assert [s.calls for s in all_of(one(a0, b0, b1, a1))] == [(0, 3), (1, 2)]


def test_two_branches_of_one_prefix_train_each_token_once():
    first, left, right = call(0, (7, 8), (9, 1)), call(1, (7, 8, 9, 1, 4), (5, 6)), call(2, (7, 8, 9, 1, 3), (2, 6))
    found = all_of(one(first, left, right))
    assert [s.calls for s in found] == [(0, 1), (2,)]
    assert sum(sum(s.mask) for s in found) == 6 and [s.weight for s in found] == [0.5, 0.5]


def test_ten_thousand_calls_are_merged_within_bounds():
    calls = [call(i, (i, i + 1, 5), (9, 1)) for i in range(10_000)]
    assert len(all_of(one(*calls))) == 10_000


def test_minus_infinity_comes_as_null_and_takes_its_token_out_of_the_mask(golden):
    first, *_ = [s for s in sequences(golden["c26-numbers"], merge=False) if s.rollout == 1]
    assert first.completion_ids == [50, 48]
    assert first.mask == [0, 1] and first.logprobs == pytest.approx([0.0, -1.8896766])


def test_a_mask_of_the_record_is_kept_and_a_sequence_of_masked_tokens_alone_is_left_out():
    skipped = Counter()
    found = all_of(one(call(0, loss_mask=[0, 1]), call(1, (4, 4), loss_mask=[0, 0])), skipped=skipped)
    assert [s.mask for s in found] == [[0, 1]] and skipped == {"masked": 1}


def test_ids_without_logprobs_are_sequences_whose_logprobs_are_not_known():
    (s,) = all_of(one(call(0, logprobs=[], token_source="engine_ids")))
    assert s.logprobs is None and s.source == "engine"


def test_calls_without_ids_are_left_out_counted_and_warned_of():
    skipped = Counter()
    value = one(call(0, token_ids=[], loss_mask=[], logprobs=[]))
    with pytest.warns(UserWarning, match="none of 1 calls and samples carries the engine's token ids"):
        assert all_of(value, skipped=skipped) == []
    assert skipped == {"no_tokens": 1}


def test_a_completion_without_a_prompt_or_of_another_length_is_no_sequence():
    with pytest.warns(UserWarning):
        assert all_of(one(call(0, prompt=()))) == []
    with pytest.raises(BatchError, match="t-0: ids, logprobs and mask"):
        all_of(one(call(0, loss_mask=[1])))
    with pytest.raises(BatchError, match="t-0: ids, logprobs and mask"):
        all_of(one(call(0, logprobs=[-1.0])))


def test_calls_that_do_not_train_and_rollouts_that_do_not_train_are_left_out():
    assert all_of(one(call(0, trains=False), call(1)))[0].calls == (1,)
    assert all_of(one(call(0), trains=False)) == []


def test_a_rollout_without_trainable_calls_trains_by_its_samples(tokenizer):
    value = one(call(0, trains=False), samples=[sample(0, trains=True), sample(1, trains=False)])
    (s,) = all_of(value, tokenizer=tokenizer, tokens="text")
    assert (s.unit, s.call, s.source, s.logprobs) == ("sample", 0, "text", None)


def test_samples_of_a_rollout_with_calls_come_only_where_they_are_asked_for(tokenizer):
    value = one(call(0), samples=[sample(0), sample(1)])
    assert [s.unit for s in all_of(value, tokenizer=tokenizer, tokens="any")] == ["call"]
    found = all_of(value, tokenizer=tokenizer, tokens="text", unit="samples")
    assert [(s.unit, s.weight) for s in found] == [("sample", 0.5), ("sample", 0.5)]


def test_batches_from_before_there_were_calls_train_by_their_samples():
    old = sample(0, token_ids=[9, 1], prompt_token_ids=[7, 8], logprobs=[-1.0, -2.0], loss_mask=[1, 1])
    del old["trains"]
    value = batch(group(rollouts=[rollout(0, samples=[old])]))
    del value["groups"][0]["rollouts"][0]["calls"]
    (s,) = all_of(value)
    assert (s.unit, s.prompt_ids, s.completion_ids, s.tokenizer, s.role) == ("sample", [7, 8], [9, 1], None, None)


def test_zero_variance_groups_come_with_the_others_unless_they_are_left_out():
    value = batch(
        group("a", [rollout(0, [call(0, advantage=0.0)])]), group("b", [rollout(0, [call(0, advantage=0.5)])])
    )
    assert [s.advantage for s in all_of(value)] == [0.0, 0.5]
    skipped = Counter()
    assert [s.group for s in all_of(value, skip_zero=True, skipped=skipped)] == ["b"]
    assert skipped == {"zero": 1}


def test_nodes_and_roles_choose_and_each_rollout_still_counts_once():
    value = one(call(0, role="a"), call(1, (4, 4), role="b", node_id="plan"), call(2, (5, 5), role="b"))
    assert [s.weight for s in all_of(value)] == [1 / 3] * 3
    assert [(s.calls, s.weight) for s in all_of(value, roles=["b"])] == [((1,), 0.5), ((2,), 0.5)]
    assert [(s.calls, s.weight) for s in all_of(value, nodes={"plan"})] == [((1,), 1.0)]


def test_what_is_too_long_is_left_out_whole_and_never_cut():
    value = one(call(0), call(1, (4,) * 10), call(2, (5, 5), (6,) * 10, logprobs=[]))
    skipped = Counter()
    found = all_of(value, max_prompt=5, max_completion=5, skipped=skipped)
    assert [s.calls for s in found] == [(0,)] and skipped == {"too_long": 2}


def test_what_the_processor_did_not_write_is_counted():
    skipped = Counter()
    value = one()
    del value["groups"][0]["rollouts"][0]["samples"]
    with pytest.warns(UserWarning, match="none of 1 rollouts"):
        assert all_of(value, skipped=skipped) == []
    assert skipped == {"not_written": 1}


def test_protobuf_from_before_there_were_calls_says_what_to_do_and_trains_by_its_samples(tokenizer):
    value = one(samples=[sample(trains=False)])  # what a flag that is not there is read as
    with pytest.warns(UserWarning, match="unit='samples'"):
        assert all_of(value, tokenizer=tokenizer, tokens="text") == []
    assert len(all_of(value, tokenizer=tokenizer, tokens="text", unit="samples")) == 1


def test_weights_of_a_step_have_the_mean_one_and_keep_their_relations():
    value = batch(group("a", [rollout(0, [call(0), call(1, (4, 4)), call(2, (5, 5))])]), group("b"))
    found = normalized(sequences(value))
    weights = [s.weight for s in found]
    assert sum(weights) / len(weights) == pytest.approx(1.0)
    assert weights[3] / weights[0] == pytest.approx(3.0)
    assert [s.weight for s in normalized(found)] == pytest.approx(weights)
    assert found[0].scaled_advantage == pytest.approx(found[0].weight)
    assert normalized([]) == []
    with pytest.raises(ValueError, match="sum to 0"):
        normalized([s.__class__(**{**vars(s), "weight": 0.0}) for s in found])


def test_a_list_of_batches_is_read_as_one_and_groups_may_name_their_tenant():
    second = batch(group("b", tenant_id="other"))
    assert [s.tenant for s in all_of([batch(), second])] == ["acme", "other"]


def test_sequences_are_found_by_rollout():
    value = batch(group("a", [rollout(0, [call(0), call(1, (4, 4))]), rollout(1, [call(0)])]))
    assert [len(found) for found in by_rollout(sequences(value)).values()] == [2, 1]


def test_wrong_choices_are_refused(tokenizer):
    for options in ({"tokens": "all"}, {"unit": "nodes"}, {"tokens": "text"}, {"tokens": "any"}):
        with pytest.raises(ValueError):
            all_of(batch(), **options)
