import JSON

/// `repetition`: a penalty for word sequences that come again: `max_penalty` × the share of all sequences of `ngram` words
/// that have been there before.
public struct RepetitionReward: RewardFunction {
    /// Where the text stands.
    public var place: RewardPlace
    /// Words in a sequence.
    public var ngram: Int
    /// The value where all is repetition: 0 or below.
    public var maxPenalty: Double

    /// The reward.
    public init(_ place: RewardPlace, ngram: Int = 3, maxPenalty: Double = -1) {
        self.place = place
        self.ngram = ngram
        self.maxPenalty = maxPenalty
    }

    /// From 0 down to the greatest penalty; 0 where there is no text.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        .value(place.value(in: rollout).map { penalty($0.plainText) } ?? 0)
    }

    func penalty(_ text: String) -> Double {
        var numbers: [Text: Int] = [:]
        var words: [Int] = []
        for word in text.lowercased().unicodeScalars.split(whereSeparator: \.properties.isWhitespace) {
            let name = Text(String(word))
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            words.append(number)
        }
        guard ngram > 0, words.count >= ngram else { return 0 }
        var seen: Set<ArraySlice<Int>> = []
        let total = words.count - ngram + 1
        for start in 0..<total { seen.insert(words[start..<start + ngram]) }
        return (1 - Double(seen.count) / Double(total)) * maxPenalty
    }
}
