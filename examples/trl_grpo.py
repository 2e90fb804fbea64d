"""TRL's GRPOTrainer trains on the batches of dash-reinforce: it generates nothing and scores nothing.

    pip install 'dash-reinforce[kafka,trl]'
    python trl_grpo.py --model ./my-policy --brokers kafka:9092 --output ./trained --steps 100
    python trl_grpo.py --model ./my-policy --batches batches.jsonl --output ./trained --steps 10

From Kafka, the batches of a step are committed once the step is done; a trainer that dies before gets them again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig

import dash_reinforce
from dash_reinforce.kafka import Reader
from dash_reinforce.trl import ReinforceGRPOTrainer


def main() -> None:
    """Reads the arguments, and trains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="the policy that the agents run: a folder, or a name of the hub")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--brokers")
    source.add_argument("--batches", help="a file of `replay --out`")
    parser.add_argument("--output", required=True)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--groups", type=int, default=4, help="groups a step")
    parser.add_argument("--temperature", type=float, default=1.0, help="at which the agents sample")
    parser.add_argument("--text", action="store_true", help="encode the text anew, where the agents trace no token ids")
    options = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(options.model)
    reader = Reader(options.brokers) if options.brokers else None
    if reader is not None:
        batches = reader.steps(groups=options.groups)
    else:
        batches = dash_reinforce.steps(dash_reinforce.read(options.batches), options.groups)

    def steps() -> Iterator[tuple[Any, Any]]:
        for batch in batches:
            yield list(dash_reinforce.sequences(batch, tokenizer, tokens="text" if options.text else "engine")), batch

    # TRL's default, bf16 on an accelerator, is refused where there is none
    on_cpu = {} if torch.accelerator.is_available() else {"use_cpu": True, "bf16": False}
    arguments = GRPOConfig(
        output_dir=options.output,
        max_steps=options.steps,
        temperature=options.temperature,
        loss_type="grpo",
        beta=0.0,
        per_device_train_batch_size=8,
        num_generations=8,
        learning_rate=1e-6,
        logging_steps=1,
        report_to=[],
        **on_cpu,
    )
    trainer = ReinforceGRPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(options.model),
        args=arguments,
        processing_class=tokenizer,
        steps=steps(),
        trained=reader.trained if reader is not None else None,
    )
    trainer.train()
    trainer.save_model(options.output)
    if reader is not None:
        # only now: what a trainer that is killed before has learned is gone, and comes again
        reader.commit()
        reader.close()
    print(f"{trainer.state.global_step} steps")


if __name__ == "__main__":
    main()
