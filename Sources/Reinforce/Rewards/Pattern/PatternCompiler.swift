/// Makes instructions of a pattern.
struct PatternCompiler {
    private(set) var instructions: [PatternInstruction] = []
    /// Nothing may be repeated without end, not even what comes to no instruction.
    private var visits = 0

    mutating func emit(_ instruction: PatternInstruction) throws(PatternProblem) {
        guard instructions.count < Pattern.maxInstructions else { throw Self.tooLarge }
        instructions.append(instruction)
    }

    private static var tooLarge: PatternProblem {
        PatternProblem(
            "is too large: it comes to more than \(Pattern.maxInstructions) steps, counted repetitions written out"
        )
    }

    mutating func compile(_ node: PatternNode) throws(PatternProblem) {
        visits += 1
        guard visits <= 10 * Pattern.maxInstructions else { throw Self.tooLarge }
        switch node {
        case .empty: break
        case .take(let set): try emit(.take(set))
        case .takeAny: try emit(.takeAny)
        case .assert(let assertion): try emit(.assert(assertion))
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .either(let nodes):
            var jumps: [Int] = []
            for (index, node) in nodes.enumerated() {
                guard index + 1 < nodes.count else {
                    try compile(node)
                    break
                }
                let split = instructions.count
                try emit(.match)
                try compile(node)
                jumps.append(instructions.count)
                try emit(.match)
                instructions[split] = .split(split + 1, instructions.count)
            }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .times(let node, let least, let most):
            for _ in 0..<least { try compile(node) }
            guard let most else {
                let split = instructions.count
                try emit(.match)
                try compile(node)
                try emit(.jump(split))
                instructions[split] = .split(split + 1, instructions.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(instructions.count)
                try emit(.match)
                try compile(node)
            }
            for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        }
    }
}
