public import JSON

/// What stands beside a value that came from outside the trace: who said it, and why.
public struct RewardSaying: Sendable, Hashable {
    /// Who said so; empty: nobody says.
    public let evaluator: Text
    /// Which version of it, from 0.
    public let version: Int64
    /// How long it took, milliseconds, from 0.
    public let duration: Int64
    /// Why, in the words of whoever was asked.
    public let explanation: Text?

    /// UTF-8 bytes of a text that a batch carries: anyone may write a record with a longer one.
    static var longest: Int { 8192 }

    init(evaluator: Text, version: Int64, duration: Int64, explanation: Text?) {
        self.evaluator = evaluator.cut(to: Self.longest)
        self.version = min(max(version, 0), Int64(UInt32.max))
        self.duration = max(duration, 0)
        self.explanation = explanation?.cut(to: Self.longest)
    }

    init(_ answer: RewardAnswer) {
        self.init(
            evaluator: answer.evaluator,
            version: answer.version,
            duration: answer.duration,
            explanation: answer.explanation
        )
    }

    /// Bytes of memory its texts take, roughly.
    var byteCount: Int { evaluator.utf8.count + (explanation?.utf8.count ?? 0) }
}

extension Text {
    /// Its beginning: as many whole characters of Unicode as so many bytes of UTF-8 hold.
    fileprivate func cut(to bytes: Int) -> Text {
        guard utf8.count > bytes else { return self }
        var kept = String.UnicodeScalarView()
        var room = bytes
        for scalar in string.unicodeScalars {
            room -= scalar.utf8.count
            if room < 0 { break }
            kept.append(scalar)
        }
        return Text(String(kept))
    }
}
