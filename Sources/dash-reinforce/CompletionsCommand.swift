import Arguments

/// `completions`
struct CompletionsCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        let name = parsed.positionals.first ?? ""
        guard let shell = Shell(rawValue: name) else {
            throw ArgumentProblem("there are completions for bash, zsh and fish, not `\(name)`")
        }
        Output.print(Program.root.completions(for: shell))
        return 0
    }
}
