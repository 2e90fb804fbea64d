"""Writes Tests/Fixtures/credit/cases.json: traces with rewards of single steps, and what `credit: node` and `credit: state`
give each call and sample, computed by this program alone (it shares no code with the Swift sources).

    python Tests/Oracle/credit.py > Tests/Fixtures/credit/cases.json

A rollout starts with the state {"question": "q"}; each step runs a node, which calls models and then writes `at`. A step's own
reward is `rl.reward.step` of its NODE_END; a call's own are `rl.reward.step` and `rl.reward.total` of its LLM_END. The one
component of the configuration is `total`, of GRAPH_END, with weight 2: it weighs `rl.reward.total` of calls, too.
"""

import collections
import json
import math
import random

WEIGHTS = {"total": 2.0}
PRESETS = {
    # baseline, divisor, ddof, epsilon, what one alone gets
    "dashflow": ("mean", "std", 1, 1e-8, "zero"),
    "verl": ("mean", "std", 1, 1e-6, "raw"),
    "verl-dr": ("mean", "none", 1, 0.0, "raw"),
    "rloo": ("loo", "none", 1, 0.0, "zero"),
    "opo": ("length", "none", 1, 0.0, "raw"),
    "trl-batch": ("mean", "batch", 1, 1e-4, "zero"),
    "reinforce++-baseline-verl": ("mean", "tokens", 1, 1e-8, "raw"),
    "gdpo": ("mean", "components", 1, 1e-8, "zero"),
}


def weighted(own):
    return math.fsum(WEIGHTS.get(name, 1.0) * value for name, value in own.items()) if own else None


def spread(values, ddof):
    mean = math.fsum(values) / len(values)
    if len(set(values)) == 1:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - ddof))


def within(parts, preset):
    """The advantages of parts that are compared with each other, before a batch's statistics; and which of them vote."""
    baseline, divisor, ddof, epsilon, alone = PRESETS[preset]
    advantages = [0.0] * len(parts)
    voters = [i for i, part in enumerate(parts) if part["reward"] is not None]
    if len(voters) == 1:
        if alone == "raw":
            reward = parts[voters[0]]["reward"]
            advantages[voters[0]] = reward / (1 + epsilon) if divisor == "std" else reward
        return advantages, voters
    rewards = [parts[i]["reward"] for i in voters]
    if not voters or len(set(rewards)) == 1:
        return advantages, voters
    mean, std = spread(rewards, ddof)
    lengths = [parts[i]["length"] for i in voters]
    for position, i in enumerate(voters):
        reward = rewards[position]
        if divisor == "components":
            total = 0.0
            for name in sorted({name for j in voters for name in parts[j]["components"]}):
                known = [parts[j]["components"][name] for j in voters if name in parts[j]["components"]]
                m, s = spread(known, ddof)
                if name in parts[i]["components"] and s > 0:
                    total += WEIGHTS.get(name, 1.0) * (parts[i]["components"][name] - m) / (s + epsilon)
            advantages[i] = total
            continue
        if baseline == "loo":
            base = math.fsum(r for p, r in enumerate(rewards) if p != position) / (len(rewards) - 1)
        elif baseline == "length":
            base = math.fsum(l * r for l, r in zip(lengths, rewards)) / math.fsum(lengths)
        else:
            base = mean
        advantages[i] = (reward - base) / (std + epsilon if divisor == "std" else 1.0)
    return advantages, voters


def batch(comparisons, preset):
    """The advantages of every comparison of a batch."""
    _, divisor, ddof, epsilon, _ = PRESETS[preset]
    found = [within(parts, preset) for parts in comparisons]
    if divisor not in ("batch", "tokens", "components"):
        return [advantages for advantages, _ in found]
    places = [(c, i) for c, (_, voters) in enumerate(found) for i in voters]
    values = [found[c][0][i] for c, i in places]
    if divisor == "batch":
        _, std = spread([comparisons[c][i]["reward"] for c, i in places], ddof)
        new = [v / (std + epsilon) for v in values]
    elif divisor == "components":
        mean, std = spread(values, ddof)
        new = [(v - mean) / (std + epsilon) if std > 0 else 0.0 for v in values]
    elif len(set(values)) == 1:
        new = [0.0] * len(values)
    else:
        weights = [comparisons[c][i]["length"] for c, i in places]
        total = math.fsum(weights)
        mean = math.fsum(w * v for w, v in zip(weights, values)) / total
        variance = math.fsum(w * (v - mean) ** 2 for w, v in zip(weights, values)) / (total - ddof)
        new = [(v - mean) / math.sqrt(variance + epsilon) for v in values]
    result = [[0.0] * len(parts) for parts in comparisons]
    for (c, i), value in zip(places, new):
        result[c][i] = value
    return result


def parts_of(group, credit, kind):
    """The calls, or samples, of a group by what they are compared within."""
    places = collections.OrderedDict()
    for rollout in group["rollouts"]:
        state = {"question": "q"}
        visits = collections.Counter()
        numbers = {"calls": 0, "samples": 0}
        for step in rollout["steps"]:
            place = (step["node"], visits[step["node"]]) if credit == "node" else json.dumps(state, sort_keys=True)
            visits[step["node"]] += 1
            # a step that writes what is there already has written nothing
            written = 0 if state.get("at") == step["writes"] else len("at") + len(json.dumps(step["writes"]))
            state = state | {"at": step["writes"]}
            if kind == "calls":
                own = [(call["own"], call["tokens"], len(call["says"])) for call in step["calls"]]
            else:
                tokens = step["calls"][0]["tokens"] if len(step["calls"]) == 1 else 0
                own = [({} if step["own"] is None else {"step": step["own"]}, tokens, written)]
            for rewards, tokens, size in own:
                places.setdefault(place, []).append(
                    {
                        "at": (rollout["thread"], numbers[kind]),
                        "reward": weighted(rewards),
                        "components": rewards,
                        "tokens": tokens,
                        "bytes": size,
                        "rollout": WEIGHTS["total"] * rollout["total"],
                        "total": rollout["total"],
                    }
                )
                numbers[kind] += 1
    for parts in places.values():
        if all(part["reward"] is None for part in parts):
            # nobody judged a single part: each stands for its rollout
            for part in parts:
                part["reward"], part["components"] = part["rollout"], {"total": part["total"]}
        tokens = all(part["tokens"] > 0 for part in parts)
        for part in parts:
            part["length"] = part["tokens"] if tokens else part["bytes"]
    return list(places.values())


def expected(groups, credit, preset):
    found = {r["thread"]: {"calls": {}, "samples": {}} for g in groups for r in g["rollouts"]}
    for kind in ("calls", "samples"):
        comparisons = [parts for group in groups for parts in parts_of(group, credit, kind)]
        for parts, advantages in zip(comparisons, batch(comparisons, preset)):
            for part, advantage in zip(parts, advantages):
                thread, number = part["at"]
                found[thread][kind][number] = advantage
    return {t: {k: [v[k][i] for i in range(len(v[k]))] for k in v} for t, v in found.items()}


def made():
    rng = random.Random(15)
    groups = []
    for number, (has_calls, has_own) in enumerate([(True, True), (False, True), (True, False), (False, False)]):
        rollouts = []
        for slot in range(4):
            steps = []
            for node in ["plan", "act", "act", "answer"][: 4 if slot != 3 else 3]:
                # of `answer` nobody says what it is worth; of one `plan` it is not known
                judged = has_own and node != "answer" and not (node == "plan" and slot == 2)
                calls = []
                for _ in range(rng.choice([1, 1, 2]) if has_calls else 0):
                    own = {"step": rng.choice([0.0, 0.25, 1.0])} if judged else {}
                    if judged and rng.random() < 0.4:
                        own["total"] = rng.choice([-0.5, 0.5])
                    calls.append({"own": own, "tokens": rng.randint(1, 9), "says": "x" * rng.randint(1, 9)})
                steps.append(
                    {
                        "node": node,
                        "own": rng.choice([0.0, 0.5, 1.0]) if judged else None,
                        "writes": rng.choice(["left", "right"]),
                        "calls": calls,
                    }
                )
            rollouts.append({"thread": f"g{number}-{slot}", "slot": slot, "total": [0.0, 1.0, 0.25, 1.0][slot], "steps": steps})
        groups.append({"group": f"g{number}", "rollouts": rollouts})
    return groups


groups = made()
cases = [
    {"credit": credit, "preset": preset, "expected": expected(groups, credit, preset)}
    for credit in ("node", "state")
    for preset in PRESETS
]
print(json.dumps({"note": "written by Tests/Oracle/credit.py", "groups": groups, "cases": cases}, separators=(",", ":")))
