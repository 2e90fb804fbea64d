"""Writes Tests/Fixtures/rewards/built_in.json: expected values of the built-in rewards, computed by other programs.

    pip install rapidfuzz==3.14.6; pip download --no-deps trl==0.25.1 verl==0.9.1 (their wheels are unpacked, not run whole)
    python Tests/Oracle/rewards.py UNPACKED_WHEELS_FOLDER > Tests/Fixtures/rewards/built_in.json

contains: Python's `in`; regex: Python's `re` with re.ASCII; numeric: `math.isclose` over the last match of a regular
expression; token_f1: the F1 of the evaluation of SQuAD 2.0, written from its description; edit_similarity: rapidfuzz;
overlong: TRL's get_soft_overlong_punishment and the lines of verl's DAPO reward manager, both taken from the wheels;
repetition: the n-gram penalty of open-r1, written from its description.
"""

import collections
import importlib.util
import itertools
import json
import math
import random
import re
import string
import sys
import types
from pathlib import Path

from rapidfuzz.distance import Levenshtein

WHEELS = Path(sys.argv[1])
rng = random.Random(15)


def trl_overlong(max_length, buffer, length):
    spec = importlib.util.spec_from_file_location("other", WHEELS / "trl/rewards/other_rewards.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.get_soft_overlong_punishment(max_length, buffer)([[0] * length])[0]


def verl_overlong(max_length, buffer, factor, length):
    source = (WHEELS / "verl/workers/reward_manager/dapo.py").read_text().splitlines()
    first = next(i for i, line in enumerate(source) if "overlong_buffer_len = self" in line)
    last = next(i for i, line in enumerate(source) if "overlong_reward = min(" in line)
    scope = {
        "self": types.SimpleNamespace(
            max_resp_len=max_length,
            overlong_buffer_cfg=types.SimpleNamespace(len=buffer, penalty_factor=factor),
        ),
        "valid_response_length": length,
    }
    exec("\n".join(line.strip() for line in source[first : last + 1]), scope)
    return float(scope["overlong_reward"])


def words(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"(?<!\S)(a|an|the)(?!\S)", " ", text).split()


def token_f1(expected, found):
    a, b = words(expected), words(found)
    if not a or not b:
        return float(a == b)
    same = sum((collections.Counter(a) & collections.Counter(b)).values())
    if not same:
        return 0.0
    precision, recall = same / len(b), same / len(a)
    return 2 * precision * recall / (precision + recall)


def repetition(text, size, greatest):
    parts = text.lower().split()
    grams = [tuple(parts[i : i + size]) for i in range(len(parts) - size + 1)]
    return (1 - len(set(grams)) / len(grams)) * greatest if grams else 0.0


NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


def number(text):
    found = NUMBER.findall(text)
    return float(found[-1].replace(",", "")) if found else None


SENTENCES = [
    "", "the", "The cat sat on the mat.", "a cat, a mat", "42", "Zürich ist schön", "The the THE", "cat cat cat mat mat",
    "It's 5 o'clock!", "sat the cat\ton a mat", "naïve café — déjà vu", "don't know", "日本 語 日本 語 日本 語",
    "to be or not to be or not to be", "Es war einmal " * 5, "  spaces   everywhere  ",
]
NUMBERS = [
    "42", "The answer is 42.", "#### 1,234.5", "-7", "from 3 to 5", "x=1e3", "1.5e-2 or so", "no number", "1,2,3", "3.",
    "costs $1,234,567", "12-5", "0.30000000000000004", "1,23", "v2.0.1", "--8",
]
PATTERNS = [
    r"\d+", r"^\d+$", r"cat|mat", r"(?:ab)+c", r"a{2,3}b", r"[^a-z\s]", r"\bcat\b", r"\Bat", r"colou?r", r"^$", r"(a*)*b",
    r"(a|aa)+$", r"[\w.+-]+@[\w-]+\.\w+", r"#### (-?[0-9.,]+)", r"x{0,2}y", r"(?i)THE CAT", r"(?s)a.b", r"(?m)^b$", r"a.b",
    r"\x41\u00e9", r"[]a]", r"[a\]]x", r"[\d-]x", r"a|", r"()", r"(?:)x", r"é+", r"[à-ü]", r"\.$", r"a{,2}c", r"a{x}",
    r"<answer>.*?</answer>", r"\AThe", r"mat\.\Z", r"[^\W_]_", r"\s\S\D", r"a{0}b",
]
TEXTS = [
    "", "42", "the cat sat on the mat.", "abababc", "aab", "aaaab", "colour", "color", "me.x+y@host-1.org", "#### -1,234",
    "The CAT", "a\nb", "A\u00e9", "]", "a]x", "-x", "yy", "aaac", "a{x}", "<answer>5</answer>", "x_", "cats concat", "b",
    "aaaaaaaaaaaaaaaaaaaaaaaac", "étude", " ab", "The end.",
]


def main():
    pairs = list(itertools.product(SENTENCES, repeat=2))
    edits = [("".join(rng.choices("abcé ", k=rng.randrange(30))), "".join(rng.choices("abcé ", k=rng.randrange(30)))) for _ in range(60)]
    out = {
        "contains": [[a, b, float(a in b)] for a, b in pairs],
        "token_f1": [[a, b, token_f1(a, b)] for a, b in pairs],
        "edit_similarity": [[a, b, Levenshtein.normalized_similarity(a, b)] for a, b in pairs + edits],
        "regex": [[p, t, bool(re.compile(p, re.ASCII).search(t))] for p in PATTERNS for t in TEXTS],
        "number": [[t, number(t)] for t in NUMBERS],
        "numeric": [
            [a, b, tolerance, relative, math.isclose(a, b, rel_tol=relative, abs_tol=tolerance)]
            for a in [0.0, 1.0, 100.0, -5.5, 1e308, 0.1 + 0.2]
            for b in [0.0, 1.05, 101.0, 5.5, -1e308, 0.3]
            for tolerance, relative in [(0, 0), (0.1, 0), (0, 0.01), (1e-9, 1e-9)]
        ],
        "overlong_trl": [[m, c, n, trl_overlong(m, c, n)] for m, c in [(100, 20), (512, 128), (10, 10)] for n in range(0, 2 * m, 3)],
        "overlong_verl": [
            [m, c, f, n, verl_overlong(m, c, f, n)]
            for m, c, f in [(100, 20, 1.0), (512, 128, 0.5), (10, 10, 2.0)]
            for n in range(0, 2 * m, 3)
        ],
        "repetition": [[t, n, p, repetition(t, n, p)] for t in SENTENCES for n in [1, 2, 3, 20] for p in [-1.0, -0.5]],
    }
    print("{\n" + ",\n".join(f'"{k}": {json.dumps(v, ensure_ascii=False)}' for k, v in out.items()) + "\n}")


main()
