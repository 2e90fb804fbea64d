"""Groups are counted out of batches."""

from __future__ import annotations

import pytest
from making import batch, group

from dash_reinforce import sequences, steps


def of(*digests, **more):
    return batch(*[group(digest) for digest in digests], **more)


def digests(step):
    return [one["digest"] for one in step["groups"]]


def test_a_step_has_so_many_groups_whatever_the_batches_hold():
    given = [of("a"), of("b", "c", "d", batch_id="2"), of("e", batch_id="3")]
    assert [digests(step) for step in steps(given, 2)] == [["a", "b"], ["c", "d"], ["e"]]
    assert [digests(step) for step in steps(given, 2, rest=False)] == [["a", "b"], ["c", "d"]]
    assert [digests(step) for step in steps(given, 9)] == [["a", "b", "c", "d", "e"]]


def test_a_step_is_read_like_a_batch_and_each_group_keeps_its_tenant():
    (step,) = steps([of("a"), of("b", tenant_id="other", batch_id="2")], 2)
    assert step["tenant_id"] is None and step["estimator"] == {"preset": "dashflow"}
    assert step["batch_ids"] == ["b", "2"]
    assert [s.tenant for s in sequences(step)] == ["acme", "other"]


def test_a_step_of_no_groups_is_refused():
    with pytest.raises(ValueError):
        list(steps([], 0))
