extension Settings.Rewards {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// Parameters of a component that is computed from the trace. What a type has no use for stays as it is here.
    public struct BuiltIn: Sendable, Hashable {
        /// `final_state`, `completion`, or `node:NAME`.
        public var of = ""
        /// JSON pointer into it; nil: the whole.
        public var pointer: String?
        /// The only label that counts; empty: all.
        public var label = ""
        /// Stands in place of labels: a JSON text.
        public var value: String?
        public var ignoreCase = false
        /// `regex`
        public var pattern = ""
        /// `numeric`: the greatest difference.
        public var tolerance = 0.0
        /// `numeric`: the same, as a share.
        public var relative = 0.0
        /// `json_field`: JSON pointer into the JSON that the answer is.
        public var field = ""
        /// `latency`, `tokens`, `steps`: up to here nothing is subtracted.
        public var free = 0.0
        /// From here −1; nil: the value is what was measured.
        public var limit: Double?
        /// `steps`: what is counted; `overlong`: which completions.
        public var count = ""
        /// `overlong`
        public var form = "trl"
        public var maxLength = 0
        public var buffer = 0
        public var factor = 1.0
        /// `repetition`
        public var ngram = 3
        public var maxPenalty = -1.0

        public init() {}
    }

    /// Types of components that are computed from the trace alone, with parameters.
    public static let builtInTypes = [
        "contains", "regex", "numeric", "json_field", "token_f1", "edit_similarity", "tool_success", "latency",
        "tokens",
        "steps", "overlong", "repetition",
    ]

    /// Those of them that compare an answer with labels.
    static let labelled: Set = ["contains", "numeric", "json_field", "token_f1", "edit_similarity"]

    /// Every type of component.
    static let allTypes = ["exact_match", "trace_attribute"] + builtInTypes + outsideTypes
}
