internal import JSON
internal import Judges
internal import Synchronization
internal import Telemetry

/// Tells how the judges fare: a line a minute for each component and kind of failure, however many there are.
final class JudgeLog: Sendable {
    private struct Entry {
        var all = 0
        var told = 0
        var toldAt = Int64.min
    }

    private struct Name: Hashable {
        let component: String
        let kind: String
    }

    private let log: Logger
    private let now: @Sendable () -> Int64
    private let entries = Mutex<[Name: Entry]>([:])

    init(_ log: Logger, now: @escaping @Sendable () -> Int64 = { SystemClock.uptime }) {
        self.log = log
        self.now = now
    }

    /// How often something has happened, by component and kind.
    func count(_ component: String, _ kind: String) -> Int {
        entries.withLock { $0[Name(component: component, kind: kind)]?.all ?? 0 }
    }

    /// Tries of a component that failed, by kind.
    func failures(of component: String) -> [String: Int] {
        entries.withLock { entries in
            Dictionary(
                entries.lazy.filter { $0.key.component == component && $0.key.kind != "down" }
                    .map { ($0.key.kind, $0.value.all) },
                uniquingKeysWith: +
            )
        }
    }

    func note(_ component: String, _ event: Judge.Event) {
        switch event {
        case .failed(let failure):
            tell(component, failure.kind.rawValue, "a judge fails; it is asked again", failure.message)
        case .stray:
            tell(component, "stray", "a judge has answered what nobody asks any more", "it came twice, or too late")
        case .down(let failure):
            add(component, "down")
            log.error(
                "a judge is down: nobody asks it until one question at a time finds it back",
                ["component": .init(component), "problem": .init(failure.message)]
            )
        case .back: log.info("a judge answers again", ["component": .init(component)])
        case .said(let line): log.info("a judge says", ["component": .init(component), "line": .init(line)])
        }
    }

    private func add(_ component: String, _ kind: String) {
        entries.withLock { $0[Name(component: component, kind: kind), default: Entry()].all += 1 }
    }

    private func tell(_ component: String, _ kind: String, _ message: String, _ problem: String) {
        let now = now()
        let count: Int? = entries.withLock { entries in
            var entry = entries[Name(component: component, kind: kind)] ?? Entry()
            defer { entries[Name(component: component, kind: kind)] = entry }
            entry.all += 1
            guard entry.toldAt == .min || now - entry.toldAt >= 60_000 else { return nil }
            entry.toldAt = now
            defer { entry.told = entry.all }
            return entry.all - entry.told
        }
        guard let count else { return }
        log.warning(
            message,
            [
                "component": .init(component), "kind": .init(kind), "count": .init(count), "problem": .init(problem),
            ]
        )
    }
}
