/// Keeps questions from a judge that is down: after some failures in a row nobody asks for a while, then one question at
/// a time finds out whether it is back. Pure: time comes with every call, milliseconds.
struct CircuitBreaker: Sendable, Hashable {
    /// What a question may do now.
    enum Admission: Sendable, Hashable {
        case go
        /// Ask, and let it decide for the others.
        case probe
        /// Wait until then.
        case wait(until: Int64)
    }

    private enum State: Hashable {
        case closed(failures: Int)
        case open(until: Int64, pause: Int64)
        case probing(pause: Int64, since: Int64)
    }

    /// Failures in a row that open it.
    private static let most = 8
    private static let firstPause: Int64 = 1000
    private static let longestPause: Int64 = 15_000

    private var state = State.closed(failures: 0)

    /// Questions wait.
    var isOpen: Bool { if case .closed = state { false } else { true } }

    mutating func admit(at now: Int64) -> Admission {
        switch state {
        case .closed: return .go
        case .open(let until, let pause):
            guard now >= until else { return .wait(until: until) }
            state = .probing(pause: pause, since: now)
            return .probe
        case .probing(let pause, _): return .wait(until: now + pause)
        }
    }

    /// An answer has come; true: it was open until now.
    mutating func succeed() -> Bool {
        let was = isOpen
        state = .closed(failures: 0)
        return was
    }

    /// A try has failed; true: it is open from now on.
    mutating func fail(at now: Int64, isProbe: Bool) -> Bool {
        switch state {
        case .closed(let failures):
            guard failures + 1 >= Self.most else {
                state = .closed(failures: failures + 1)
                return false
            }
            state = .open(until: now + Self.firstPause, pause: Self.firstPause)
            return true
        case .probing(let pause, _) where isProbe:
            let longer = min(Self.longestPause, pause * 2)
            state = .open(until: now + longer, pause: longer)
            return false
        // tries from before it opened
        case .open, .probing: return false
        }
    }
}
