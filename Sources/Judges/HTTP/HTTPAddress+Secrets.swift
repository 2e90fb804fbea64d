/// What a service says back of the headers it was sent stays between the two: an explanation is written to a topic, and a
/// failure to the log.
struct HeaderSecrets: Sendable {
    private let secrets: [String]
    /// Shorter words are no secrets, and stand in many a text.
    private static let shortest = 6
    private static let open: Set<String> = ["accept", "content-type", "idempotency-key", "user-agent"]

    init(_ headers: [(name: String, value: String)]) {
        var found: Set<String> = []
        for (name, value) in headers where !Self.open.contains(name.lowercased()) {
            found.insert(value)
            for word in value.split(whereSeparator: { $0 == " " || $0 == "\t" }) { found.insert(String(word)) }
        }
        // the longest first: one may hold another
        secrets = found.filter { $0.utf8.count >= Self.shortest && $0.lowercased() != "bearer" }
            .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    /// The text without them.
    func redacted(_ text: String) -> String {
        secrets.reduce(text) { $0.contains($1) ? $0.replacing($1, with: "[secret]") : $0 }
    }
}

extension TryOutcome {
    /// The same, with nothing in it that only the headers should hold.
    func without(_ secrets: HeaderSecrets) -> TryOutcome {
        switch self {
        case .said(var verdict):
            verdict.explanation = verdict.explanation.map(secrets.redacted)
            return .said(verdict)
        case .failed(let failure): return .failed(failure.with(message: secrets.redacted(failure.message)))
        }
    }
}
