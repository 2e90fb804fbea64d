extension Settings.Rewards {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// Whom a component asks for its values; times in milliseconds. What a type has no use for stays as it is here.
    public struct Outside: Sendable, Hashable {
        /// `rank`: how it is asked: `command`, `http` or `judge`.
        public var by = ""
        /// `command`: the program and its arguments.
        public var command: [String] = []
        /// `command`: how many children work side by side.
        public var workers = 2
        /// `http`, `judge`: where questions go.
        public var url = ""
        /// `http`, `judge`: `${NAME}` stands for a variable of the environment, `${file:PATH}` for what a file holds.
        public var headers: [String: String] = [:]
        /// How long one try may take.
        public var timeout: Int64 = 30_000
        /// Tries after the first.
        public var retries = 3
        /// What is told of a rollout; empty: the usual.
        public var send: [String] = []
        /// `judge`: the model's name.
        public var model = ""
        /// `judge`: the question, with `{{…}}` for parts of the rollout.
        public var template = ""
        /// `judge`: a regular expression whose first group is the number, or a JSON pointer into the answer.
        public var parse = ""
        /// `judge`: the least and the greatest number that it gives; they become 0 and 1.
        public var range: [Double] = [0, 1]
        /// Who gives the value, beside each; empty: the program, the address or the model.
        public var evaluator = ""
        /// Which version of it.
        public var version = 1

        public init() {}
    }

    /// Types of components whose values come from outside the trace.
    public static let outsideTypes = ["command", "http", "judge", "rank", "topic"]

    /// Components whose values come from outside the trace.
    public var outside: [Component] { components.filter(\.isOutside) }
}

extension Settings.Rewards.Component {
    /// Its values come from outside the trace.
    public var isOutside: Bool { Settings.Rewards.outsideTypes.contains(type) }
    /// Somebody is asked for them.
    public var isAsked: Bool { isOutside && type != "topic" }
    /// Whoever is asked sees the whole group.
    public var isOfGroup: Bool { type == "rank" }
    /// How they are asked: a type that is not `rank`.
    public var way: String { isOfGroup ? outside.by : type }

    /// Who gives its values, as it stands beside each of them.
    public var evaluatorName: String {
        guard outside.evaluator.isEmpty else { return outside.evaluator }
        switch way {
        case "command": return outside.command.joined(separator: " ")
        case "http": return outside.url
        case "judge": return outside.model
        default: return name
        }
    }
}
