import JSON

@testable import Reinforce

/// A process that writes first and commits then, and decides nothing but on what is committed: at least once.
struct PlainProcess: ~Copyable {
    /// A commit that went through: its position, and the time that passed up to it.
    struct Commit: Hashable {
        let position: Int64
        let now: Int64?
        /// What waited for a batch was written afterwards.
        let writes: Bool
    }

    private let script: ScoredScript
    private let configuration: GroupStageConfiguration
    private var stage: GroupStage
    private var waiting: [DecidedGroup] = []
    private var pending: [String] = []
    /// Everything that was ever written, whatever became of its commit.
    private(set) var written: [String] = []
    /// What was committed, in order.
    private(set) var commits: [Commit] = []
    private var plan = GroupRestorePlan(position: 0, firsts: [], clock: StreamClock())
    private(set) var restores = 0

    init(_ script: ScoredScript) {
        self.script = script
        var configuration = script.configuration
        configuration.mayRepeat = true
        self.configuration = configuration
        stage = GroupStage(configuration, script.decider)
    }

    mutating func receive(_ step: ScoredScript.Step) throws {
        try unsafe stage.receive(
            step.value.span.bytes,
            at: RecordPosition(partition: 0, offset: step.offset, timestamp: 0)
        )
        pending += stage.takeFates()
    }

    /// Writes what is pending and commits; then decides. `diesBetween`: what is written is not committed.
    mutating func commit(now: Int64?, writes: Bool, diesBetween: Bool = false) {
        if let now { stage.pass(to: now) }
        written += pending
        pending = []
        guard !diesBetween else { return }
        plan = GroupRestorePlan(position: stage.position, firsts: stage.openFirsts, clock: stage.clock)
        commits.append(Commit(position: stage.position, now: now, writes: writes))
        decide()
        guard writes else { return }
        for group in waiting { write(group) }
        waiting = []
    }

    private mutating func decide() {
        for group in stage.close() {
            if group.status == .ok { waiting.append(group) } else { write(group) }
        }
        pending += stage.takeFates()
    }

    private mutating func write(_ group: DecidedGroup) {
        pending.append(group.outcome)
        stage.finished(group.key)
    }

    /// Everything in memory is gone. Returns the step to go on with.
    mutating func crash() throws -> Int {
        pending = []
        waiting = []
        restores += 1
        stage = GroupStage(configuration, script.decider)
        stage.begin(plan)
        let from = plan.readsFrom(configuration)
        var next = 0
        for step in script.steps {
            guard step.offset < plan.position else { break }
            next += 1
            guard step.offset >= from else { continue }
            try receive(step)
        }
        stage.reach(plan.position)
        decide()
        return next
    }
}
