internal import Kafka

/// Partitions that the group has given us and that nobody works on yet: what is committed of them is asked for beside the
/// loop, again and again until the answer is there. Pure.
struct Openings {
    /// An assignment of a partition; one that comes back is another one.
    private struct Entry {
        let number: Int
        let since: Int64
    }

    private var waiting: [TopicPartition: Entry] = [:]
    private var count = 0
    private var tries = 0
    private var nextTry: Int64 = 0
    private var isAsking = false

    /// Milliseconds that brokers have to answer: more with each try that failed, for each begins with a client of its own.
    var answerTime: Int32 { 8000 << Int32(min(2, tries)) }

    /// After so long, only new clients can help.
    static let patience: Int64 = 60_000

    /// Nobody works on them yet.
    var places: [TopicPartition] { waiting.keys.sorted() }
    var isEmpty: Bool { waiting.isEmpty }

    /// The group has given them to us.
    mutating func add(_ places: [TopicPartition], at now: Int64) {
        if waiting.isEmpty { tries = 0 }
        for place in places {
            count += 1
            waiting[place] = Entry(number: count, since: now)
        }
        nextTry = now
    }

    /// They are not ours any more, or somebody works on them.
    mutating func remove(_ place: TopicPartition) { waiting[place] = nil }

    /// Those to ask for now, each with the number of its assignment; empty: none.
    ///
    /// - Parameter known: those whose answer is there already.
    mutating func due(at now: Int64, besides known: Set<TopicPartition> = []) -> [TopicPartition: Int] {
        let due = waiting.filter { !known.contains($0.key) }.mapValues(\.number)
        guard !isAsking, !due.isEmpty, now >= nextTry else { return [:] }
        isAsking = true
        return due
    }

    /// Whether an answer is about the assignment that we have now.
    func isCurrent(_ place: TopicPartition, _ number: Int) -> Bool { waiting[place]?.number == number }

    /// The answers have come, or (failed) some of them have not.
    ///
    /// - Returns: whether to say so: at once, then about once a minute.
    mutating func answered(failed: Bool, at now: Int64) -> Bool {
        isAsking = false
        guard failed else {
            tries = 0
            return false
        }
        tries += 1
        nextTry = now + min(5000, 250 << Int64(min(tries, 10)))
        return tries % 10 == 1
    }

    /// How long a partition has waited.
    func waited(_ place: TopicPartition, at now: Int64) -> Int64 { waiting[place].map { now - $0.since } ?? 0 }

    /// Some partition has waited for too long.
    func isStuck(at now: Int64) -> Bool { waiting.values.contains { now - $0.since > Self.patience } }
}
