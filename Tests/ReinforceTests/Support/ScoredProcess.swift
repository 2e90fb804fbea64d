import JSON

@testable import Reinforce

/// A process that works through a script: it decides, writes, commits, and may be killed and started again.
struct ScoredProcess: ~Copyable {
    /// What a commit keeps beside the output.
    struct Checkpoint {
        var position: Int64
        var firsts: [RestorePlan.First]
        var clock: [UInt8]
        /// What follows its last record was still to be done.
        var isBeforeWork = false
    }

    let script: ScoredScript
    private var stage: GroupStage
    private var waiting: [DecidedGroup] = []
    private var pending: [String] = []
    private(set) var committed: [String] = []
    private(set) var checkpoint: Checkpoint
    private(set) var restores = 0
    private(set) var restoredDecisions = 0
    /// What a commit writes; a test may leave something out, to see it missed.
    var store: (Checkpoint) -> Checkpoint = { $0 }

    init(_ script: ScoredScript) {
        self.script = script
        stage = GroupStage(script.configuration, script.decider)
        checkpoint = Checkpoint(position: 0, firsts: [], clock: StreamClock().encoded)
    }

    var counters: GroupCounters { stage.counters }

    /// Takes a step's record and does what it says behind it.
    mutating func run(_ step: ScoredScript.Step, commitsBefore: Bool = false) throws {
        try receive(step)
        if commitsBefore { commit(isBeforeWork: true) }
        work(step)
    }

    private mutating func work(_ step: ScoredScript.Step) {
        if step.closes { close(now: step.now) }
        if step.writes { writeWaiting() }
    }

    private mutating func close(now: Int64?) {
        for group in stage.close(now: now) {
            if group.status == .ok { waiting.append(group) } else { write(group) }
        }
    }

    private mutating func writeWaiting() {
        for group in waiting { write(group) }
        waiting.removeAll()
    }

    /// The end of the script: what is closed is written, and committed.
    mutating func finish() {
        close(now: nil)
        writeWaiting()
        commit()
    }

    private mutating func receive(_ step: ScoredScript.Step) throws {
        try unsafe stage.receive(
            step.value.span.bytes,
            at: RecordPosition(partition: 0, offset: step.offset, timestamp: 0)
        )
        takeFates()
    }

    private mutating func takeFates() {
        pending += stage.takeFates()
    }

    private mutating func write(_ group: DecidedGroup) {
        pending.append(group.outcome)
        stage.finished(group.key)
    }

    /// Output and checkpoint together.
    mutating func commit(isBeforeWork: Bool = false) {
        guard !stage.isRestoring else { return }
        // what was decided beside a look belongs to the output too
        takeFates()
        committed += pending
        pending = []
        checkpoint = store(
            Checkpoint(
                position: stage.position,
                firsts: stage.openFirsts,
                clock: stage.clock.encoded,
                isBeforeWork: isBeforeWork
            )
        )
    }

    /// Everything in memory is gone; another process begins from the checkpoint. Returns the step to go on with.
    mutating func crash() throws -> Int {
        pending = []
        waiting = []
        restores += 1
        restoredDecisions += checkpoint.firsts.lazy.filter { $0.index > 0 }.count
        stage = GroupStage(script.configuration, script.decider)
        let plan = GroupRestorePlan(
            position: checkpoint.position,
            firsts: checkpoint.firsts,
            clock: StreamClock(decoding: checkpoint.clock) ?? StreamClock()
        )
        stage.begin(plan)
        let from = plan.readsFrom(script.configuration)
        var next = 0
        for step in script.steps {
            guard step.offset < plan.position else { break }
            next += 1
            guard step.offset >= from else { continue }
            try receive(step)
        }
        // what stands between the last record and the position is a marker of a transaction
        stage.reach(plan.position)
        if checkpoint.isBeforeWork, next > 0 { work(script.steps[next - 1]) }
        return next
    }
}
