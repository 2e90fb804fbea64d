extension Adapter {
    /// The adapter as safetensors: `lora_A` [rank, dimension], `lora_B` [dimension, rank]; rank, scale, updates, signals and
    /// baseline as metadata.
    ///
    /// - Parameter metadata: more of it; of an equal name the adapter's own counts.
    public func safetensors(metadata: [String: String] = [:]) -> Safetensors {
        var own = [
            "format": "pt", "rank": "\(rank)", "scale": "\(scale)", "updates": "\(updates)", "signals": "\(signals)",
        ]
        if let baseline { own["baseline"] = "\(baseline)" }
        return file("lora_A", "lora_B", metadata.merging(own) { _, own in own })
    }

    /// Reads what ``safetensors(metadata:)`` writes.
    ///
    /// - Throws: ``SafetensorsError`` where the file is broken, a tensor is missing, shapes do not fit or a number is not
    ///   finite.
    public init(safetensors file: Safetensors) throws(SafetensorsError) {
        guard let a = file.tensors["lora_A"], let b = file.tensors["lora_B"] else {
            let names = file.tensors.keys.sorted().joined(separator: ", ")
            throw SafetensorsError("there is no lora_A and lora_B; there is \(names.isEmpty ? "nothing" : names)")
        }
        guard a.shape.count == 2, b.shape == [a.shape[1], a.shape[0]] else {
            throw SafetensorsError("lora_A has shape \(a.shape), lora_B \(b.shape): [rank, n] and [n, rank] are wanted")
        }
        let (rank, dimension) = (a.shape[0], a.shape[1])
        guard (1...16).contains(rank), (1...1 << 20).contains(dimension) else {
            throw SafetensorsError("rank \(rank), dimension \(dimension): they must be 1 to 16 and 1 to 1048576")
        }
        guard a.values.allSatisfy(\.isFinite), b.values.allSatisfy(\.isFinite) else {
            throw SafetensorsError("a weight is NaN or infinite")
        }
        func count(_ name: String) throws(SafetensorsError) -> Int {
            guard let text = file.metadata[name] else { return 0 }
            guard let number = Int(text), number >= 0 else {
                throw SafetensorsError("metadata `\(name)` is `\(text)`: a whole number is wanted")
            }
            return number
        }
        let baseline = file.metadata["baseline"].flatMap { Float($0) }
        self.init(
            dimension: dimension,
            rank: rank,
            down: a.values,
            up: Self.transposed(b.values, rows: dimension, columns: rank),
            updates: try count("updates"),
            signals: try count("signals"),
            baseline: baseline.flatMap { $0.isFinite ? $0 : nil }
        )
    }

    /// The two matrices under names of the caller's choice.
    func file(_ a: String, _ b: String, _ metadata: [String: String]) -> Safetensors {
        let matrices = [
            (a, [rank, dimension], down),
            (b, [dimension, rank], Self.transposed(up, rows: rank, columns: dimension)),
        ]
        var file = Safetensors(metadata: metadata)
        for (name, shape, values) in matrices { file.tensors[name] = try? .init(shape: shape, values: values) }
        return file
    }

    private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        (0..<values.count).map { values[$0 % rows * columns + $0 / rows] }
    }
}
