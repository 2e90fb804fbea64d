internal import JSON

extension Adapter {
    /// The files of a folder that Hugging Face's `peft` loads with `PeftModel.from_pretrained`. Rank-stabilised scaling with
    /// alpha 1 is 1/√rank, the adapter's own.
    ///
    /// - Parameters:
    ///   - module: the full name of the linear module it belongs to, `dimension` wide on both sides.
    ///   - baseModel: what the model is called, for whoever reads the file.
    /// - Returns: `adapter_config.json` and `adapter_model.safetensors`.
    public func peftFolder(module: String, baseModel: String = "") -> [(name: String, bytes: [UInt8])] {
        let configuration = JSONObject([
            ("base_model_name_or_path", .string(Text(baseModel))), ("bias", .string("none")),
            ("fan_in_fan_out", .bool(false)), ("inference_mode", .bool(true)), ("init_lora_weights", .bool(true)),
            ("lora_alpha", .integer(1)), ("lora_dropout", .double(0)), ("peft_type", .string("LORA")),
            ("r", .integer(Int64(rank))), ("target_modules", .array([.string(Text(module))])), ("task_type", .null),
            ("use_rslora", .bool(true)),
        ])
        let prefix = "base_model.model.\(module)"
        let weights = file("\(prefix).lora_A.weight", "\(prefix).lora_B.weight", ["format": "pt"])
        return [
            ("adapter_config.json", JSONValue.object(configuration).canonicalBytes + [0x0A]),
            ("adapter_model.safetensors", weights.bytes),
        ]
    }
}
