"""The yardstick itself: padded, against one sequence at a time."""

from __future__ import annotations

from tiny import PAD, distance, done, expected, gradient, policy, report, variants

from dash_reinforce import policy_gradient

model = policy()
for name, items in variants(model):
    value, _ = policy_gradient.loss(model, items, PAD)
    report(f"policy_gradient.loss, {name}", distance(gradient(model, value), gradient(model, expected(model, items))))
done()
