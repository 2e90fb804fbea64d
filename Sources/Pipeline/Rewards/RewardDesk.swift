internal import DashStream
internal import Dispatch
internal import JSON
internal import Judges
internal import Kafka
internal import Reinforce
internal import Synchronization

/// Asks what rollouts are worth, beside the loop: so many at a time, by rollouts and bytes, and what is said waits here until
/// the loop takes it.
final class RewardDesk: Sendable {
    /// What was said, and for which partition.
    struct Said: Sendable {
        let place: TopicPartition
        let line: RewardLine
    }

    /// A rollout or a group at one partition in one stretch of being ours.
    private struct Visit: Hashable {
        let place: TopicPartition
        let stay: Int
        let subject: RewardQuestion.Subject
    }

    private struct State {
        var open: [Visit: (questions: Int, bytes: Int)] = [:]
        var bytes = 0
        var said: [Said] = []
        /// How often each partition has gone: answers for an earlier stretch are nobody's.
        var stays: [TopicPartition: Int] = [:]
        /// How those who are asked fare, by component.
        var fares: [Text: JudgeStanding] = [:]
    }

    let judges: [Text: Judge]
    private let maxRollouts: Int
    private let maxBytes: Int
    private let wall: @Sendable () -> Int64
    private let onAnswer: @Sendable (JudgeAnswer, RewardQuestion) -> Void
    private let state: Mutex<State>
    private let arrival = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - judges: by component.
    ///   - maxRollouts: that are asked about at the same time.
    ///   - maxBytes: that their questions take.
    ///   - wall: milliseconds since 1970.
    ///   - onAnswer: told of every answer, on any thread.
    init(
        _ judges: [Text: Judge],
        maxRollouts: Int,
        maxBytes: Int,
        wall: @escaping @Sendable () -> Int64,
        onAnswer: @escaping @Sendable (JudgeAnswer, RewardQuestion) -> Void = { _, _ in }
    ) {
        self.onAnswer = onAnswer
        self.judges = judges
        self.maxRollouts = maxRollouts
        self.maxBytes = maxBytes
        self.wall = wall
        var state = State()
        for name in judges.keys { state.fares[name] = JudgeStanding(name.string) }
        self.state = Mutex(state)
    }

    deinit { for judge in judges.values { judge.close() } }

    /// No further rollout is taken. One that alone is larger than the bound is taken where it is alone.
    var isFull: Bool { state.withLock { $0.open.count >= maxRollouts || $0.bytes >= maxBytes } }
    /// Rollouts that are asked about.
    var inFlight: Int { state.withLock { $0.open.count } }
    /// How those who are asked fare, by component.
    var fares: [Text: JudgeStanding] { state.withLock { $0.fares } }
    /// Bytes of their questions.
    var bytesInFlight: Int { state.withLock { $0.bytes } }

    /// Asks about a rollout, or a group, of a partition.
    func ask(_ questions: [RewardQuestion], for place: TopicPartition) {
        let asked = questions.compactMap { question in judges[question.component].map { (question, $0) } }
        guard let subject = asked.first?.0.subject else { return }
        let bytes = asked.reduce(0) { $0 + $1.0.body.count }
        let visit = state.withLock { state in
            let visit = Visit(place: place, stay: state.stays[place] ?? 0, subject: subject)
            let known = state.open[visit] ?? (0, 0)
            state.open[visit] = (known.questions + asked.count, known.bytes + bytes)
            state.bytes += bytes
            for (question, _) in asked { state.fares[question.component]?.asked() }
            return visit
        }
        for (question, judge) in asked {
            judge.ask(JudgeRequest(question)) { [weak self] answer in self?.take(answer, to: question, of: visit) }
        }
    }

    private func take(_ answer: JudgeAnswer, to question: RewardQuestion, of visit: Visit) {
        onAnswer(answer, question)
        let line = RewardLine(answer, question, at: wall())
        state.withLock { state in
            state.fares[question.component]?.answered(answer.status.rawValue, milliseconds: answer.milliseconds)
            if let known = state.open[visit] {
                if known.questions <= 1 {
                    state.open[visit] = nil
                    state.bytes -= known.bytes
                } else {
                    state.open[visit] = (known.questions - 1, known.bytes)
                }
            }
            guard visit.stay == state.stays[visit.place] ?? 0 else { return }
            state.said.append(Said(place: visit.place, line: line))
        }
        arrival.signal()
    }

    /// Waits until something is said, at most so long; it may have been taken already.
    func wait(milliseconds: Int) { _ = arrival.wait(timeout: .now() + .milliseconds(milliseconds)) }

    /// What was said since this was last asked.
    func takeSaid() -> [Said] {
        state.withLock { state in
            defer { state.said.removeAll(keepingCapacity: true) }
            return state.said
        }
    }

    /// A partition is ours no longer: what is said of its rollouts is nobody's.
    func leave(_ place: TopicPartition) {
        state.withLock { state in
            state.stays[place, default: 0] += 1
            state.said.removeAll { $0.place == place }
        }
    }
}
