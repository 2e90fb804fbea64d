"""Half of scripts/peft-check: makes a case for `dash-reinforce instant-loop`, and checks the adapter that it wrote."""

import json
import sys

DIMENSION, RANK = 48, 3


def cases():
    """One case with numbers that follow from a seed; large steps, so that the output is far from zero."""
    import random

    random.seed(7)
    vector = lambda: [random.uniform(-1, 1) for _ in range(DIMENSION)]
    trajectories = [
        {
            "query_embedding": vector(),
            "final_quality": 0.9,
            "steps": [{"activations": vector(), "reward": random.random()} for _ in range(4)],
        }
        for _ in range(20)
    ]
    case = {"name": "peft", "hidden_dim": DIMENSION, "rank": RANK, "lr": 500.0}
    print(json.dumps({**case, "trajectories": trajectories, "input": vector()}))


def check(folder):
    import numpy
    import peft
    import safetensors
    import safetensors.numpy
    import torch

    case = json.loads(open(f"{folder}/cases.jsonl").readline())
    result = json.loads(open(f"{folder}/results.jsonl").readline())
    x = numpy.array(case["input"], dtype=numpy.float32)
    expected = numpy.array(result["output"], dtype=numpy.float32)
    assert numpy.abs(expected).max() > 1e-3, "the output is too small to tell anything"

    with safetensors.safe_open(f"{folder}/adapter.safetensors", "numpy") as file:
        metadata = file.metadata()
        a, b = file.get_tensor("lora_A"), file.get_tensor("lora_B")
    assert a.shape == (RANK, DIMENSION) and b.shape == (DIMENSION, RANK), (a.shape, b.shape)
    assert a.dtype == b.dtype == numpy.float32
    up = numpy.array(result["up_proj"], dtype=numpy.float32).reshape(RANK, DIMENSION)
    down = numpy.array(result["down_proj"], dtype=numpy.float32).reshape(RANK, DIMENSION)
    assert (a == down).all() and (b == up.T).all()
    assert metadata["rank"] == str(RANK) and metadata["updates"] == "1", metadata
    assert abs(float(metadata["scale"]) - RANK**-0.5) < 1e-7, metadata
    mine = (b @ (a @ x)) * float(metadata["scale"])
    error = numpy.abs(mine - expected).max()
    assert error <= 1e-6 * max(1, numpy.abs(expected).max()), error
    print(f"safetensors {safetensors.__version__}: tensors, metadata and output agree (largest error {error:.2e})")

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(DIMENSION, DIMENSION, bias=False)

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = Encoder()

        def forward(self, x):
            return self.encoder.linear(x)

    torch.manual_seed(1)
    model = Model().eval()
    with torch.no_grad():
        before = model(torch.tensor(x)).numpy().copy()
        adapted = peft.PeftModel.from_pretrained(model, f"{folder}/peft").eval()
        after = adapted(torch.tensor(x)).numpy()
    error = numpy.abs((after - before) - expected).max()
    assert error < 1e-5, error
    print(
        f"peft {peft.__version__}, torch {torch.__version__}: PeftModel.from_pretrained adds the adapter's output "
        f"(largest error {error:.2e} beside {numpy.abs(expected).max():.2e})"
    )


if __name__ == "__main__":
    cases() if sys.argv[1] == "cases" else check(sys.argv[2])
