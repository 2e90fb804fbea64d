/// An option of a command: a flag, or one with a value.
public struct Option: Sendable, Hashable {
    /// The name behind `--`.
    public let name: String
    /// A single letter behind `-`.
    public let short: Character?
    /// What its value is called in the help; nil: a flag.
    public let value: String?
    /// The values that are allowed; empty: any.
    public let choices: [String]
    /// It may be given several times.
    public let isRepeated: Bool
    /// One line of help.
    public let help: String

    /// An option.
    public init(
        _ name: String,
        short: Character? = nil,
        value: String? = nil,
        choices: [String] = [],
        repeated: Bool = false,
        help: String
    ) {
        self.name = name
        self.short = short
        self.value = value ?? (choices.isEmpty ? nil : choices.joined(separator: "|"))
        self.choices = choices
        isRepeated = repeated
        self.help = help
    }
}

extension Option {
    /// Whether a word is this option without a value, as `--name` or `-n`.
    func isMeant(by word: String) -> Bool { word == "--" + name || short.map { word == "-\($0)" } == true }
}

/// A command with its options, or with commands of its own.
public struct Command: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// One line of help.
    public let summary: String
    /// More than a line, where there is more to say.
    public let discussion: String
    /// Lines that a user could type.
    public let examples: [String]
    /// Its options.
    public let options: [Option]
    /// Names of its positional arguments; those in brackets, at the end, may be left out.
    public let positionals: [String]
    /// Commands of its own.
    public let commands: [Command]

    /// A command.
    public init(
        _ name: String,
        summary: String,
        discussion: String = "",
        examples: [String] = [],
        options: [Option] = [],
        positionals: [String] = [],
        commands: [Command] = []
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.options = options
        self.positionals = positionals
        self.commands = commands
    }
}
