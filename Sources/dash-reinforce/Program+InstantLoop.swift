import Arguments

extension Program {
    static let instantLoop = Command(
        "instant-loop",
        summary: "Runs the instant-learning loop without Kafka: trajectories in; gradients, weights and output out.",
        discussion:
            "Each line of the input is a case: name, hidden_dim, rank, lr, trajectories (query_embedding, final_quality, "
            + "steps with activations and reward), input, and optionally output_before, to which the output is added. The "
            + "gradients are those before the update; weights and output are those after it.",
        examples: [
            "dash-reinforce instant-loop --input cases.jsonl --mode reference",
            "dash-reinforce instant-loop --input cases.jsonl --out adapter.safetensors --peft adapter --module encoder",
            "dash-reinforce instant-loop --example",
        ],
        options: [
            Option("input", value: "FILE", help: "the cases, a JSON object a line (default: stdin)"),
            Option("mode", choices: ["corrected", "reference"], help: "which formulas are used (default corrected)"),
            Option("out", value: "FILE", help: "write the last case's adapter as safetensors"),
            Option("peft", value: "DIR", help: "write the last case's adapter as a folder for Hugging Face's peft"),
            Option("module", value: "NAME", help: "the module that the folder's adapter belongs to (default linear)"),
            Option("base-model", value: "NAME", help: "what the folder calls the model it belongs to"),
            Option("example", help: "read no cases, but show how the loop learns a retrieval task"),
            Option("json", help: "print the example's results as JSON (those of cases always are)"),
            Option("quiet", help: "print errors only, and no progress"),
            Option("no-color", help: "print no colours (as NO_COLOR does)"),
        ]
    )
}
