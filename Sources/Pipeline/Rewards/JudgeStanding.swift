internal import JSON
internal import Judges
internal import Telemetry

/// How one who is asked what rollouts are worth has fared since the process began.
struct JudgeStanding: Sendable, Hashable {
    /// The component of the reward that it is asked for.
    let component: String
    /// Questions without an answer yet.
    var inFlight = 0
    /// Those of them that are held back, since nobody answers at the moment.
    var waiting = 0
    /// Answers by how they ended: `ok`, `none`, `error`, `timeout`.
    var answers = ["ok": 0, "none": 0, "error": 0, "timeout": 0]
    /// Tries that failed, by kind; a question may take several tries.
    var failures: [String: Int] = [:]
    /// Seconds from a question to its answer, every try and pause included.
    var seconds = Histogram([0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300])

    /// Nobody was asked yet.
    init(_ component: String) { self.component = component }

    mutating func asked() { inFlight &+= 1 }

    mutating func answered(_ status: String, milliseconds: Int64) {
        inFlight &-= 1
        answers[status, default: 0] &+= 1
        seconds.observe(Double(milliseconds) / 1000)
    }
}

extension RewardDesk {
    /// How everybody who is asked fares, by component.
    func standings(_ log: JudgeLog) -> [JudgeStanding] {
        fares.map { name, fare in
            var standing = fare
            standing.waiting = judges[name]?.waiting ?? 0
            standing.failures = log.failures(of: name.string)
            return standing
        }
        .sorted { $0.component < $1.component }
    }
}

extension JudgeStanding {
    /// As values of a log line.
    static func values(_ standings: [JudgeStanding]) -> [(key: String, value: LogValue)] {
        guard !standings.isEmpty else { return [] }
        var numbers: [(String, Int)] = [
            ("judge_in_flight", standings.reduce(0) { $0 + $1.inFlight }),
            ("judge_waiting", standings.reduce(0) { $0 + $1.waiting }),
        ]
        for judge in standings {
            for (status, count) in judge.answers.sorted(by: { $0.key < $1.key }) {
                numbers.append(("judge_\(judge.component)_\(status)", count))
            }
            let failures = judge.failures.values.reduce(0, +)
            if failures > 0 { numbers.append(("judge_\(judge.component)_failed_tries", failures)) }
        }
        return numbers.map { (key: $0.0, value: .init($0.1)) }
    }
}
