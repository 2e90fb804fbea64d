import Arguments

extension Program {
    static let instantLoop = Command(
        "instant-loop",
        summary: "The instant-learning loop without Kafka: trajectories in, gradients, weights and output out.",
        discussion:
            "A case a line: name, hidden_dim, rank, lr, trajectories (query_embedding, final_quality, steps with "
            + "activations and reward), input, and optionally output_before, to which the output is added. Gradients are "
            + "those before the update, weights and output those after it.",
        examples: [
            "dash-reinforce instant-loop --input cases.jsonl --mode reference",
            "dash-reinforce instant-loop --input cases.jsonl --out adapter.safetensors --peft adapter --module encoder",
            "dash-reinforce instant-loop --example",
        ],
        options: [
            Option("input", value: "FILE", help: "a case a line; default stdin"),
            Option("mode", choices: ["corrected", "reference"], help: "the formulas (default corrected)"),
            Option("out", value: "FILE", help: "the last case's adapter as safetensors"),
            Option("peft", value: "DIR", help: "the last case's adapter as a folder that Hugging Face's peft loads"),
            Option("module", value: "NAME", help: "the module that the folder's adapter belongs to (default linear)"),
            Option("base-model", value: "NAME", help: "what the folder calls the model it belongs to"),
            Option("example", help: "no cases: show the loop learn a retrieval task"),
            Option("json", help: "the example's points as JSON (cases always are)"),
            Option("quiet", help: "no progress, errors only"),
            Option("no-color", help: "no colours (as NO_COLOR)"),
        ]
    )
}
