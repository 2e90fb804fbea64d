"""What may be committed, without a broker."""

from __future__ import annotations

from dash_reinforce._progress import Progress

P, Q = ("reinforce", 0), ("reinforce", 1)


def test_only_what_was_trained_on_is_committed_up_to_the_first_gap():
    progress = Progress()
    progress.read(P, 0, ["a"])
    progress.read(P, 1, ["b", "c"])
    progress.read(P, 2, ["d"])
    assert progress.to_commit() == {}
    progress.trained(["d", "b"])
    assert progress.to_commit() == {}
    progress.trained(["a"])
    assert progress.to_commit() == {P: 1}
    progress.trained(["c"])
    assert progress.to_commit() == {P: 3} and progress.under_way == 0


def test_records_that_need_nothing_are_passed_over_once_all_before_are_done():
    progress = Progress(seen=["x"])
    progress.read(P, 5, ["a"])
    progress.read(P, 9, [], ["x"])
    assert progress.to_commit() == {}
    progress.trained(["a"])
    assert progress.to_commit() == {P: 10}


def test_partitions_are_counted_apart_and_nothing_is_committed_twice():
    progress = Progress()
    progress.read(P, 0, ["a"])
    progress.read(Q, 7, ["b"])
    progress.trained(["b"])
    moved = progress.to_commit()
    assert moved == {Q: 8}
    progress.committed(moved)
    assert progress.to_commit() == {}


def test_a_group_that_comes_again_while_it_is_under_way_holds_its_record_back():
    progress = Progress()
    progress.read(P, 0, ["a"])
    assert progress.known("a")
    progress.read(P, 1, [], ["a"])
    progress.read(P, 2, ["b"])
    progress.trained(["b"])
    assert progress.to_commit() == {}
    progress.trained(["a"])
    assert progress.to_commit() == {P: 3}


def test_seen_holds_what_was_trained_on_and_not_what_was_handed_out():
    progress = Progress()
    progress.read(P, 0, ["a", "b"])
    progress.trained(["a"])
    assert list(progress.seen) == ["a"] and progress.known("b")


def test_what_was_trained_on_is_in_seen_at_once_and_is_committed_only_when_that_is_asked_for():
    progress = Progress()
    progress.read(P, 0, ["a"])
    progress.read(P, 1, ["b"])
    progress.learned(["a"])
    assert list(progress.seen) == ["a"] and progress.under_way == 1
    assert progress.to_commit() == {}
    progress.read(P, 2, [], ["a"])  # it comes again: its record waits as well
    progress.learned(["b"])
    assert progress.to_commit() == {}
    progress.settle()
    assert progress.to_commit() == {P: 3} and progress.under_way == 0


def test_nothing_is_committed_beyond_a_record_that_could_not_be_read():
    progress = Progress()
    progress.read(P, 0, ["a"])
    progress.unreadable(P, 1)
    progress.read(P, 2, ["b"])
    progress.trained(["a", "b"])
    assert progress.to_commit() == {P: 1}
    progress.revoked([P])
    progress.read(P, 1, ["c"])
    progress.trained(["c"])
    assert progress.to_commit() == {P: 2}


def test_seen_forgets_the_oldest():
    progress = Progress(memory=2)
    progress.trained(["a", "b", "a", "c"])
    assert list(progress.seen) == ["a", "c"]


def test_a_partition_that_went_is_not_committed_and_its_records_come_again_as_duplicates_or_anew():
    progress = Progress()
    progress.read(P, 0, ["a"])
    progress.read(P, 1, ["b"])
    progress.trained(["a"])
    progress.revoked([P])
    progress.trained(["b"])
    assert progress.to_commit() == {}
    progress.read(P, 1, [], ["b"])  # it comes again, and was trained on meanwhile
    assert progress.known("b") and progress.to_commit() == {P: 2}


def test_groups_that_no_step_was_given_may_come_again():
    progress = Progress()
    progress.read(P, 0, ["a"])
    progress.forget(["a"])
    assert not progress.known("a") and progress.under_way == 0
