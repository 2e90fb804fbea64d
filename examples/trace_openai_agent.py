"""An agent on an OpenAI-compatible API, traced: each question is answered several times, as one group of rollouts.

    pip install 'dash-reinforce[openai]'
    python trace_openai_agent.py run.dsrun --base-url http://127.0.0.1:8000/v1 --model my-policy --examples examples.jsonl
    dash-reinforce replay --input run.dsrun --examples examples.jsonl --out batches.jsonl

Give brokers (`kafka:9092`) in place of a path, and `dash-reinforce run` makes batches of it as it goes. With vLLM, `--token-ids`
asks the server for what the policy read and wrote.
"""

from __future__ import annotations

import argparse
import json

import openai

from dash_reinforce import trace


def main() -> None:
    """Answers each example `--group-size` times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", help="the path of a recording, or brokers of Kafka")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--api-key", default="none")
    parser.add_argument("--model", required=True)
    parser.add_argument(
        "--examples", required=True, help="JSON lines: example_id, data with question and answer, input_keys"
    )
    parser.add_argument("--group-size", type=int, default=4)
    parser.add_argument("--policy-version", default="1", help="of the weights that the server runs")
    parser.add_argument("--token-ids", action="store_true", help="ask for token ids and logprobs, as vLLM gives them")
    options = parser.parse_args()

    with trace.Tracer(options.target, tenant="example") as tracer, open(options.examples, encoding="utf-8") as file:
        plain = openai.OpenAI(base_url=options.base_url, api_key=options.api_key)
        client = trace.openai(plain, tracer, ask=options.token_ids)
        for line in file:
            example = json.loads(line)
            question, name = example["data"]["question"], example["example_id"]
            group = f"{name}-v{options.policy_version}"
            for index in range(options.group_size):
                state = {"question": question}
                run = tracer.thread(name, group, index, options.group_size, options.policy_version, state)
                with run, run.node("answer") as node:
                    messages = [{"role": "user", "content": question}]
                    reply = client.chat.completions.create(model=options.model, messages=messages, temperature=1.0)
                    node.set(answer=reply.choices[0].message.content)


if __name__ == "__main__":
    main()
