"""Proves V1 to V11 on the evidence of a run; knows nothing of the processor but its output formats."""

import json
from collections import Counter
from dataclasses import dataclass, field

import checkpoints
import liveness
import oracle
import rewards
from evidence import Evidence

PREFIX = "__dash_reinforce.errors."
SHOWN = 6


@dataclass
class Check:
    """One proof."""

    name: str
    what: str
    examined: int = 0
    wrong: list = field(default_factory=list)
    note: str = ""
    skipped: bool = False

    @property
    def passed(self) -> bool:
        return not self.wrong

    def expect(self, fine: bool, message: str):
        self.examined += 1
        if not fine:
            self.wrong.append(message)


class Verifier:
    """All checks of one run."""

    def __init__(self, evidence: Evidence, rules: oracle.Rules, limits: dict | None = None, expected=None):
        self.evidence, self.rules = evidence, rules
        self.limits = {"rss_kb": 1_500_000, "recovery": 11.0, "standstill": 21.0, "replay_per_restart": 200_000, **(limits or {})}
        self.expected = expected or oracle.expect(evidence.records, evidence.examples, rules, evidence.rewards)
        self.doubles = bool(self.limits.get("doubles"))  # at least once: what comes twice must be whole and the same
        self.emitted: dict = {}
        for output in evidence.batches:
            batch = json.loads(output.value)
            for group in batch["groups"]:
                self.emitted.setdefault((batch["tenant_id"], group["group_id"]), []).append(group)
        self.lines: dict = {}
        for output in evidence.ledger or []:
            line = json.loads(output.value)
            self.lines.setdefault((line["tenant_id"], line["thread_id"]), []).append(line)
        self.too_large = [json.loads(o.value) for o in evidence.dead_letters if header(o, "reason") == "too_large"]

    def run(self) -> list[Check]:
        return [
            self.sound(),
            self.v1(),
            self.v2(),
            self.v3(),
            self.v4(),
            self.v5(),
            self.v6(),
            self.v7(),
            self.v8(),
            self.v9(),
            self.v10(),
            self.v11(),
            self.v12(),
            self.bites(),
        ]

    def sound(self) -> Check:
        check = Check("V0", "the traffic and the suite are sound, so that the other checks mean something")
        check.expect(not self.evidence.problems, "; ".join(self.evidence.problems))
        check.expect(not self.expected.unsound, "; ".join(self.expected.unsound[:SHOWN]))
        check.expect(len(self.expected.groups) > 0, "there is nothing to prove: no groups")
        return check

    def oversize(self) -> set:
        """Groups that no batch may hold: too large by a wide margin, so that no limit's exact meaning matters."""
        found = set()
        for key, group in self.expected.groups.items():
            samples = [s for m in group.members for s in m.samples]
            size = sum(len(s["prompt"][0]["content"]) + 2 * len(s["completion"]) for s in samples)
            if group.status == "ok" and size > self.rules.max_bytes:
                found.add(key)
        return found

    def v1(self) -> Check:
        check = Check("V1", "each rollout's outcome exactly once, with its reward")
        oversize = self.oversize()
        for key, group in self.expected.groups.items():
            if group.status != "ok" or key in oversize or len(self.emitted.get(key, [])) == 0:
                continue
            for found in self.emitted[key]:
                self._members(check, key, group, found)
        for key, (reason, _, _) in self.expected.threads.items():
            if self.evidence.ledger is not None:
                lines = self.lines.get(key, [])
                once = len(lines) == 1 or self.doubles and len(lines) > 1
                check.expect(once, f"{key}: {len(lines)} lines in the ledger")
                for line in lines:
                    if reason is not None:
                        check.expect(line["reason"] == reason, f"{key}: {line['reason']} in the ledger, not {reason}")
        if self.evidence.ledger is not None:
            for group in self.expected.groups.values():
                for member in group.members:
                    self._line(check, group, member, oversize)
            for key, rollout in self.expected.late.items():
                for line in self.lines.get(key, []):
                    check.expect(line["reason"] == "late", f"{key}: {line['fate']} {line['reason']} in the ledger, not late")
            for key in self.lines.keys() - self.expected.threads.keys():
                check.expect(False, f"{key}: in the ledger, but there is no such thread")
        else:
            check.note = "no ledger topic: threads outside of batches are not seen"
        return check

    def _members(self, check: Check, key, group, found: dict):
        rollouts = {r["thread_id"]: r for r in found["rollouts"]}
        check.expect(len(rollouts) == len(found["rollouts"]), f"{key}: a thread is there twice")
        wanted = {m.thread for m in group.members}
        check.expect(rollouts.keys() == wanted, f"{key}: members {sorted(rollouts.keys() ^ wanted)[:SHOWN]} differ")
        for member in group.members:
            got = rollouts.get(member.thread)
            if got is None:
                continue
            excluded = "superseded" if member.superseded else member.reason
            same = (
                got["votes"] == member.votes
                and got["excluded"] == excluded
                and got["status"] == member.outcome
                and got["rollout_index"] == member.pairing["rollout_index"]
                and got["reward"] == (member.reward if member.votes else None)
            )
            check.expect(
                same,
                f"{key} {member.thread}: {got['status']} {got['reward']} {got['excluded']}, not "
                f"{member.outcome} {member.reward} {excluded}",
            )

    def _line(self, check: Check, group, member, oversize: set):
        for line in self.lines.get((member.tenant, member.thread), []):
            reason = "too_large" if (group.tenant, group.group) in oversize and member.votes else member.reason
            fate = (
                "superseded"
                if member.superseded
                else "excluded"
                if reason
                else ("trained" if member.samples else "voted")
            )
            check.expect(
                line["reason"] == reason and line["fate"] == fate,
                f"{member.tenant} {member.thread}: {line['fate']} {line['reason']}, not {fate} {reason}",
            )

    def v2(self) -> Check:
        check = Check("V2", f"each group's batch {'at least' if self.doubles else 'exactly'} once, with the same bits")
        oversize = self.oversize()
        lost = doubled = 0
        for key, group in self.expected.groups.items():
            found = self.emitted.get(key, [])
            if group.status != "ok" or key in oversize:
                why = "too large" if key in oversize else group.status
                check.expect(not found, f"{key}: emitted, though it is {why}")
                continue
            check.expect(len(found) >= 1, f"{key}: LOST")
            check.expect(len(found) <= 1 or self.doubles, f"{key}: there {len(found)} times")
            lost, doubled = lost + (len(found) == 0), doubled + (len(found) > 1)
            for one in found:
                got = {r["thread_id"]: r["advantage"] for r in one["rollouts"]}
                far = [m.thread for m in group.members if m.votes and abs(got.get(m.thread, 9e9) - m.advantage) > 1e-12]
                check.expect(not far, f"{key}: advantages of {far[:SHOWN]} differ")
                same = one["digest"] == group.digest
                check.expect(same, f"{key}: digest {one['digest'][:12]}, not {group.digest[:12]}")
        for key in self.emitted.keys() - self.expected.groups.keys():
            check.expect(False, f"{key}: emitted, but there is no such group")
        check.note = f"{lost} lost, {doubled} doubled"
        check.wrong.sort(key=lambda message: "LOST" not in message)
        refused = Counter((line["tenant_id"], line["group_id"]) for line in self.too_large)
        for key in oversize:
            once = refused[key] == 1 or self.doubles and refused[key] > 1
            check.expect(once, f"{key}: too large, and {refused[key]} times in the dead letters")
        for key in refused.keys() - oversize:
            check.expect(False, f"{key}: in the dead letters as too large")
        return check

    def v3(self) -> Check:
        check = Check("V3", "conservation: every input offset has exactly one fate")
        originals = {(r.partition, r.offset): r for r in self.evidence.records}
        letters: dict = {}
        for output in self.evidence.dead_letters:
            if header(output, "stage") != "decode":
                continue
            place = (int(header(output, "partition") or -1), int(header(output, "offset") or -1))
            letters.setdefault(place, []).append(output)
        for place, reason in self.expected.poison.items():
            found = letters.pop(place, [])
            once = len(found) == 1 or self.doubles and len(found) > 1
            check.expect(once, f"{place}: poison, and {len(found)} times in the dead letters")
            for output in found:
                same = output.value == originals[place].value and output.key == originals[place].key
                check.expect(same, f"{place}: the dead letter has other bytes")
                check.expect(header(output, "reason") == reason, f"{place}: {header(output, 'reason')}, not {reason}")
        given_up = Counter(
            (int(header(o, "partition") or -1), int(header(o, "offset") or -1))
            for o in self.evidence.dead_letters
            if header(o, "stage") == "process"
        )
        for place in self.evidence.crashers:
            found = given_up.pop(place, 0)
            check.expect(found == 1, f"{place}: ends every process, and {found} times in the dead letters")
        for place in given_up:
            check.expect(False, f"{place}: given up, though it ends no process")
        for place in letters:
            check.expect(False, f"{place}: in the dead letters, though it can be read")
        counts = Counter(fate.split(":")[0] for fate in self.expected.fates.values())
        check.expect(sum(counts.values()) == len(self.evidence.records), "records without a fate")
        if self.evidence.ledger is not None:
            missing = [key for key in self.expected.threads if key not in self.lines]
            check.expect(not missing, f"threads without a fate: {missing[:SHOWN]}")
        check.note = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        return check

    def v4(self) -> Check:
        check = Check("V4", "a reader during the run was given exactly what is on the topic at the end")
        standing = {(o.partition, o.offset): o.checksum for o in self.evidence.batches}
        check.expect(len(self.evidence.watched) > 0 or not standing, "the reader during the run was given nothing")
        for partition, offset, checksum in self.evidence.watched:
            check.expect(standing.get((partition, offset)) == checksum, f"{partition}/{offset}: given to the reader, and not there at the end")
        seen = [(p, o) for p, o, _ in self.evidence.watched]
        check.expect(len(seen) == len(set(seen)), "the reader was given a record twice")
        missing = standing.keys() - set(seen)
        check.expect(not missing, f"never given to the reader: {sorted(missing)[:SHOWN]}")
        return check

    def v5(self) -> Check:
        check = Check("V5", "order: each thread from its first record to its last, as the log has them")
        for key, group in self.expected.groups.items():
            for found in self.emitted.get(key, []):
                sources = {r["thread_id"]: r["source"] for r in found["rollouts"]}
                for member in group.members:
                    source = sources.get(member.thread)
                    if not source:
                        continue
                    got = (source[0]["partition"], source[0]["first_offset"], source[0]["last_offset"])
                    same = len(source) == 1 and got == member.source
                    check.expect(same, f"{key} {member.thread}: {got}, not {member.source}")
        return check

    def v6(self) -> Check:
        check = Check("V6", "committed positions never go back; checkpoints decode; L ≤ P")
        last: dict = {}
        pointers = 0
        for commit in self.evidence.commits:
            place = (commit.topic, commit.partition)
            try:
                found = self.checkpoint(commit)
            except checkpoints.Broken as error:
                check.expect(False, f"{place} at {commit.offset}: {error}")
                continue
            check.expect(found is not None, f"{place} at {commit.offset}: no checkpoint beside the offset")
            if found is None:
                continue
            pointers += found.pointer
            before = last.get(place, 0)
            check.expect(found.position >= before, f"{place}: position went back from {before} to {found.position}")
            check.expect(found.low <= found.position, f"{place}: L {found.low} above P {found.position}")
            last[place] = max(before, found.position)
        check.expect(check.examined > 0, "no commits were seen")
        check.note = f"{len(self.evidence.commits)} commits, {pointers} by pointer"
        return check

    def checkpoint(self, commit):
        return checkpoints.decode(commit.offset, commit.metadata, self.evidence.group, self.evidence.pointed)

    def v7(self) -> Check:
        check = Check("V7", "at the end: lag 0, nothing open, every transaction over")
        check.expect(self.evidence.drained, "the processors did not come to the end of the input")
        last = {(c.topic, c.partition): c for c in self.evidence.commits}
        for topic, places in self.evidence.ends.items():
            for partition, (stable, high) in places.items():
                check.expect(stable == high, f"{topic}/{partition}: last stable offset {stable}, end {high}")
        for partition, (_, high) in self.evidence.ends.get(self.evidence.input, {}).items():
            commit = last.get((self.evidence.input, partition))
            lag = high - (commit.offset if commit else 0)
            check.expect(lag == 0, f"{self.evidence.input}/{partition}: lag {lag}")
        for (topic, partition), commit in last.items():
            try:
                found = self.checkpoint(commit)
            except checkpoints.Broken:
                continue  # V6 tells
            check.expect(not found or found.open == 0, f"{topic}/{partition}: {found.open if found else 0} open")
        return check

    def v8(self) -> Check:
        check = Check("V8", "records read again stay within the horizon and the closed memory")
        if self.evidence.replayed is None:
            check.skipped, check.note = True, "the processors do not tell how much they read again"
            return check
        most = self.limits["replay_per_restart"] * max(1, self.evidence.restarts)
        check.expect(self.evidence.replayed <= most, f"{self.evidence.replayed} read again, more than {most}")
        check.note = f"{self.evidence.replayed} in {self.evidence.restarts} restarts"
        return check

    def v9(self) -> Check:
        check = Check("V9", "memory below its cap, no growth of open files, no crash of its own")
        for life in self.evidence.lives:
            name = life.log.name
            check.expect(life.rss <= self.limits["rss_kb"], f"{name}: {life.rss} kB")
            quarter = len(life.descriptors) // 4
            if quarter > 5:
                early, late = max(life.descriptors[:quarter]), min(life.descriptors[-quarter:])
                check.expect(late <= early + 20, f"{name}: open files grew from {early} to {late}")
            own = life.code is not None and life.code != 0 and not life.killed and not life.failpoint
            check.expect(not (own and life.code not in (69, 75)), f"{name}: ended by itself with {life.code}")
        check.note = f"greatest {max((life.rss for life in self.evidence.lives), default=0) // 1024} MiB"
        return check

    def v10(self) -> Check:
        check = Check("V10", "recovery after a kill: 95 % below the session and five seconds")
        times = sorted(self.evidence.recoveries)
        if not times:
            check.skipped, check.note = True, "no kill with work outstanding was followed to its end"
            return check
        high = times[min(len(times) - 1, int(0.95 * len(times)))]
        check.examined = len(times)
        check.note = f"median {times[len(times) // 2]:.1f} s, 95 % {high:.1f} s, limit {self.limits['recovery']:.0f} s"
        if high > self.limits["recovery"]:
            check.note += " EXCEEDED"
            # a busy machine must not decide a run: only the one who measures asks for it
            if self.limits.get("strict_times"):
                check.wrong.append(check.note)
        return check

    def v11(self) -> Check:
        check = Check("V11", "liveness: after any fault, output, input and every processor move on within the session and 15 s")
        line, limit = self.evidence.timeline, self.limits["standstill"]
        if line is None:
            check.skipped, check.note = True, "no times were recorded"
            return check
        check.expect(len(line.pulses) > 0, "no pulse was sent: nothing was due that would have to move")
        found = liveness.standstills(line)
        for each in found:
            check.expect(
                each.seconds <= limit,
                f"{each.what} stood for {each.seconds:.1f} s ({each.until - each.since:.1f} on the clock) from {each.since - line.began:.1f} s on"
                + (f", after {each.after}" if each.after else ""),
            )
        for key in line.pulses.keys() - {key for _, keys in line.batches for key in keys}:
            check.expect(False, f"{key[1]} was acknowledged and never came out")
        longest = max((each.seconds for each in found), default=0)
        check.note = f"{len(line.pulses)} pulses, {len(line.faults)} faults, longest standstill {longest:.1f} s of {limit:.0f}"
        if line.pace:
            check.note += f", {line.pace.share:.0%} of a processor was to be had"
        return check

    def v12(self) -> Check:
        check = Check("V12", "what judges said was said once, and a replay that asks none gives every group")
        if self.evidence.rewards is None:
            check.skipped, check.note = True, "nobody judges"
        else:
            rewards.check(self, check)
            check.note += f", {len(self.expected.late)} rollouts were judged too late"
        return check

    def bites(self) -> Check:
        check = Check("B", "the faults had an effect")
        for name, (found, wanted) in self.evidence.bites.items():
            check.expect(found >= wanted, f"{name}: {found}, fewer than {wanted}")
        check.note = ", ".join(f"{name} {found}" for name, (found, _) in self.evidence.bites.items())
        return check


def header(output, name: str) -> str | None:
    """A dead letter's header, as text."""
    value = output.headers.get(PREFIX + name)
    return value.decode(errors="replace") if value is not None else None
