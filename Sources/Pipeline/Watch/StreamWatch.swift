internal import Kafka
internal import Reinforce
internal import Synchronization
internal import Watch

/// What a processor publishes once a second, for everybody who looks from another thread: probes, metrics, the page.
///
/// Whoever reads never touches the loop or Kafka, and never waits for either.
public final class StreamWatch: Sendable {
    /// How often it publishes, milliseconds.
    static let interval: Int64 = 1000
    fileprivate struct State {
        var view = StreamView()
        var book = WatchBook()
        var commits = CommitHistory()
        var earlier: [(at: Int64, records: Int)] = []
    }

    private let state = Mutex(State())
    private let lastTurn = Atomic<Int64>(0)
    private let name = Mutex<String?>(nil)
    /// Milliseconds since 1970 when this was made.
    let began: Int64

    /// Nothing is published yet.
    ///
    /// - Parameter clock: for the time of day.
    public init(clock: any LiveClock = SystemClock()) {
        began = clock.wallMilliseconds
        lastTurn.store(SystemClock.uptime, ordering: .relaxed)
    }

    /// The processor's name in its group; nil: it has not begun.
    var instance: String? { name.withLock { $0 } }

    /// A processor of that name begins.
    func begin(as instance: String) { name.withLock { $0 = instance } }

    /// The loop has turned: that alone is what `/livez` tells.
    func turned() { lastTurn.store(SystemClock.uptime, ordering: .relaxed) }

    /// How long the present turn takes, milliseconds.
    var turnAge: Int64 { max(0, SystemClock.uptime - lastTurn.load(ordering: .relaxed)) }

    /// It is time to publish again.
    var isDue: Bool { state.withLock { SystemClock.uptime - $0.view.uptime >= Self.interval } }

    /// Publishes how it stands.
    func publish(_ view: StreamView) {
        state.withLock { state in
            var view = view
            view.rate = state.rate(view)
            state.book.note(WatchTotals(view.report), at: view.at)
            state.view = view
        }
    }

    /// Publishes that something has changed since it last did.
    func update(_ change: (inout StreamView) -> Void) {
        state.withLock { state in
            change(&state.view)
            state.book.note(WatchTotals(state.view.report), at: state.view.at)
        }
    }

    /// Publishes that it does something else now; its counts stay as they were.
    func enter(_ phase: StreamView.Phase) {
        state.withLock { state in
            state.view.phase = phase
            if case .waiting = phase {
                // a new life has new clients, and has been told nothing by them
                state.view.statistics = KafkaStatistics()
                state.view.places = []
                state.view.report.gauge = StreamGauge()
            }
        }
    }

    /// A commit went through.
    func committed(_ groups: [WatchedGroup], milliseconds: Int64, at now: Int64) {
        state.withLock { state in
            state.commits.add(milliseconds, at: now)
            state.book.add(groups, at: now, commit: milliseconds)
        }
    }

    /// All of it at one moment.
    var latest: Snapshot {
        state.withLock { state in
            let now = SystemClock.uptime
            return Snapshot(
                view: state.view,
                book: state.book,
                commits: state.commits,
                uptime: now
            )
        }
    }

    struct Snapshot: Sendable {
        let view: StreamView
        let book: WatchBook
        let commits: CommitHistory
        /// Milliseconds of the monotonic clock when it was taken.
        let uptime: Int64

        func reasons(maxEmpty: Int) -> [UnreadyReason] {
            view.reasons(now: uptime, maxEmpty: maxEmpty)
        }
    }
}

extension StreamWatch.State {
    /// Records a second over the last five seconds.
    fileprivate mutating func rate(_ view: StreamView) -> Double {
        let records = view.report.counts.records
        earlier.append((view.uptime, records))
        earlier.removeAll { view.uptime - $0.at > 5000 }
        guard let first = earlier.first, view.uptime > first.at else { return 0 }
        return Double(max(0, records - first.records)) * 1000 / Double(view.uptime - first.at)
    }
}

extension WatchTotals {
    init(_ report: StreamReport) {
        self.init()
        records = report.counts.records
        batches = report.counts.batches
        trained = report.counts.fates[.trained] ?? 0
        voted = report.counts.fates[.voted] ?? 0
        excluded = report.counts.fates[.excluded] ?? 0
        superseded = report.counts.fates[.superseded] ?? 0
        deadLetters = report.counts.deadLetters
        lag = report.gauge.lag
        openThreads = report.gauge.openThreads
        openGroups = report.gauge.openGroups
    }
}
