"""Batches as rows of verl's TransferQueue, where its v1 trainer samples them.

    pip install 'dash-reinforce[kafka,verl]'
    python verl_transferqueue.py --brokers kafka:9092 --groups 32 --ray auto
    python verl_transferqueue.py --batches batches.jsonl --local --steps 1
    python verl_transferqueue.py --batches batches.jsonl --local --ray 127.0.0.1:6379

Train with `algorithm.adv_estimator=reinforce` (see `dash_reinforce.verl.register`), or with `--score reward` and an estimator of
verl's own. `--local` starts a queue of its own to try it out, and a Ray unless `--ray` names one.
"""

from __future__ import annotations

import argparse

import ray
import transfer_queue
from omegaconf import OmegaConf

import dash_reinforce
from dash_reinforce import transferqueue
from dash_reinforce.kafka import Reader


def main() -> None:
    """Puts step after step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--brokers")
    source.add_argument("--batches", help="a file of `replay --out`")
    parser.add_argument("--groups", type=int, default=32, help="groups a step")
    parser.add_argument("--steps", type=int, help="default: as long as there are batches")
    parser.add_argument("--score", choices=("advantage", "reward"), default="advantage")
    parser.add_argument("--ray", default="auto", help="address of the trainer's Ray")
    parser.add_argument("--local", action="store_true")
    options = parser.parse_args()

    if options.local:
        if options.ray == "auto":
            ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=200 << 20)
        else:
            ray.init(address=options.ray, log_to_driver=False)
        transfer_queue.init(OmegaConf.create({"backend": {"SimpleStorage": {"num_data_storage_units": 1}}}))
    else:
        ray.init(address=options.ray)
        transfer_queue.init()  # the trainer's queue

    reader = Reader(options.brokers) if options.brokers else None
    if reader is not None:
        batches = reader.steps(groups=options.groups)
    else:
        batches = dash_reinforce.steps(dash_reinforce.read(options.batches), options.groups)
    rows = 0
    for number, batch in enumerate(batches):
        items = list(dash_reinforce.sequences(batch))
        if items:
            rows += len(transferqueue.put(items, step=number, score=options.score))
        if reader is not None:
            reader.commit(
                batch
            )  # the queue has it; to be safe from the queue's own loss, commit after the trainer's step
        print(f"step {number}: {len(items)} rows", flush=True)
        if options.steps is not None and number + 1 >= options.steps:
            break
    if options.local:
        found = transfer_queue.kv_list(partition_id="train")["train"]
        print(f"{rows} rows put, {len(found)} entries in the queue, groups included")
        transfer_queue.close()
        ray.shutdown()


if __name__ == "__main__":
    main()
