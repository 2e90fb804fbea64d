internal import Synchronization

/// Asks children that live as long as the program does: one JSON object a line each way.
final class CommandTransport: JudgeTransport {
    private let workers: [CommandWorker]
    private let next = Atomic<Int>(0)

    /// - Parameters:
    ///   - arguments: the program and its arguments.
    ///   - workers: how many children there are at most; each is started when it is first needed.
    init(
        _ arguments: [String],
        workers: Int,
        _ time: any JudgeTime,
        onEvent: @escaping @Sendable (Judge.Event) -> Void
    ) {
        self.workers = (0..<max(1, workers)).map { _ in CommandWorker(arguments, time, onEvent: onEvent) }
    }

    func ask(_ request: JudgeRequest, timeout: Int64, _ done: @escaping @Sendable (TryOutcome) -> Void) {
        let number = next.wrappingAdd(1, ordering: .relaxed).newValue
        // an id for each try: what comes late for an earlier one is nobody's answer
        let id = "q\(number)"
        let idlest = workers.min { $0.load < $1.load }
        idlest?.ask(id, request.line(id: id), timeout: timeout, done)
    }

    func close() { for worker in workers { worker.close() } }
}

extension Judge {
    /// A judge that is a program: children that read a question a line and write an answer a line.
    ///
    /// - Parameters:
    ///   - command: the program and its arguments; no shell reads them.
    ///   - workers: how many children work side by side.
    ///   - policy: how often and how long.
    ///   - onEvent: called from any thread.
    public convenience init(
        command: [String],
        workers: Int,
        _ policy: RetryPolicy,
        time: any JudgeTime = SystemJudgeTime(),
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.init(
            CommandTransport(command, workers: workers, time, onEvent: onEvent),
            policy,
            time,
            onEvent: onEvent
        )
    }
}
