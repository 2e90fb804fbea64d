internal import JSON

/// A training example of the simulation: a question, what may be answered, and what is right.
public struct SimulatedTask: Sendable, Hashable {
    /// The example's key.
    public let id: String
    /// What is asked.
    public let question: String
    /// What may be answered.
    public let candidates: [String]
    /// Index of the right one.
    public let right: Int

    /// Arithmetic with several answers each, made from a seed.
    public static func make(_ count: Int, seed: UInt64) -> [SimulatedTask] {
        var random = SeededRandom(seed)
        return (0..<count).map { index in
            let a = Int.random(in: 2...60, using: &random)
            let b = Int.random(in: 2...60, using: &random)
            let wrong = [a + b + 1, a + b - 1, a * b, a + b + 10, a - b]
            let right = Int.random(in: 0...3, using: &random)
            var candidates = wrong.filter { $0 != a + b }.prefix(3).map(String.init)
            candidates.insert(String(a + b), at: right)
            let number = String(index)
            let id = "sum-" + String(repeating: "0", count: max(0, 4 - number.count)) + number
            return SimulatedTask(id: id, question: "What is \(a) + \(b)?", candidates: candidates, right: right)
        }
    }

    /// The example's line for the examples file.
    public var exampleLine: [UInt8] {
        let data = JSONObject([("question", .string(Text(question))), ("answer", .string(Text(candidates[right])))])
        let line = JSONObject([
            ("example_id", .string(Text(id))), ("data", .object(data)), ("input_keys", .array([.string("question")])),
        ])
        return JSONValue.object(line).canonicalBytes
    }
}
