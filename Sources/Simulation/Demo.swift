internal import EmbeddedKafka
internal import Foundation
import Kafka
public import Pipeline
internal import Problems
internal import Reinforce
internal import Settings
internal import Synchronization
public import Telemetry

/// What a demo is told.
public struct DemoOptions: Sendable {
    /// Rounds of rollouts and updates.
    public var rounds = 30
    /// Of all that is random.
    public var seed: UInt64 = 1
    /// Tasks that the agents learn.
    public var tasks = 8
    /// Brokers of a real Kafka; nil: one is embedded.
    public var brokers: String?
    /// How far the policy moves with each update: so that it takes some fifteen rounds to learn.
    public var learningRate = 0.06
    /// How often the processor's line tells how the work goes, in milliseconds.
    public var reportInterval: Int64 = 10_000
    /// The trainer gets advantages of 0.
    public var zeroesAdvantages = false
    /// Where the page is, as `http.listen`; empty: there is none.
    public var listen = ""
    /// The file with the token that the page wants, as `http.token_file`; empty: it wants none.
    public var tokenFile = ""
    /// The program's version and the compiler's, as the page tells them.
    public var versions = (program: "", swift: "")
    /// Told the page's address, once.
    public var onPage: (@Sendable (String) -> Void)?
    /// Where log lines go.
    public var log = Logger.silent
    /// How the simulated producers behave.
    public var traffic = TrafficOptions()

    /// The defaults.
    public init() {}
}

/// How one round went.
public struct DemoRound: Sendable {
    /// From 1.
    public let number: Int
    /// The policy that acted.
    public let policyVersion: Int
    /// Mean reward of all who voted.
    public let meanReward: Double
    /// Groups that came back.
    public let groups: Int
    /// Records written.
    public let records: Int
    /// Seconds from the first record to the last batch.
    public let seconds: Double
    /// What the processor has counted so far.
    public let counts: StreamCounts
    /// The topic that the batches are on.
    public let output: String
}

/// Everything in one process: a broker, agents that act, the processor of `run`, a trainer that learns from its batches.
public final class Demo: @unchecked Sendable {
    private let options: DemoOptions
    private let tasks: [SimulatedTask]
    private let stop = Atomic(false)
    private let failure = Mutex<PipelineProblem?>(nil)
    private let latest = Mutex(StreamCounts())
    private let suffix: String

    /// - Parameter options: what to do.
    public init(_ options: DemoOptions) {
        self.options = options
        tasks = SimulatedTask.make(options.tasks, seed: options.seed)
        // on a real Kafka every demo has topics of its own
        suffix =
            options.brokers == nil ? "" : "-\(UInt32(truncatingIfNeeded: UInt64(Date().timeIntervalSince1970 * 1000)))"
    }

    /// Runs the demo; blocks.
    ///
    /// - Parameters:
    ///   - isStopping: asked between rounds.
    ///   - onRound: told after each one.
    /// - Returns: every round.
    /// - Throws: what ended it early.
    public func run(isStopping: @escaping () -> Bool, onRound: (DemoRound) -> Void) throws -> [DemoRound] {
        let cluster = options.brokers == nil ? try MockCluster() : nil
        var settings = Settings()
        settings.kafka.brokers = options.brokers ?? cluster?.bootstrapServers ?? ""
        settings.appID = "dash-reinforce-demo\(suffix)"
        settings.topics.events = ["dashstream-events\(suffix)"]
        settings.topics.output = "reinforce\(suffix)"
        settings.commit.interval = 50
        settings.batches.linger = 200
        settings.groups.deadline = 700_000
        settings.log.reportInterval = options.reportInterval
        settings.http.listen = options.listen
        settings.http.tokenFile = options.tokenFile
        let client = settings.clientConfiguration()
        do {
            try makeTopics(settings, client, cluster)
        } catch let error as KafkaError {
            throw PipelineProblem(error, client)
        }
        let lines = tasks.map(\.exampleLine).joined(separator: [UInt8(ascii: "\n")])
        let examples = ExampleTable.read(lines: Array(lines)).table
        let done = DispatchSemaphore(value: 0)
        let log = options.log
        let prepared = settings
        let isEmbedded = cluster != nil
        let watch = options.listen.isEmpty ? nil : StreamWatch()
        Thread.detachNewThread { [self] in
            defer { done.signal() }
            do {
                let server = try watch.flatMap {
                    try WatchServer.start(
                        prepared,
                        $0,
                        version: options.versions.program,
                        swift: options.versions.swift,
                        log
                    )
                }
                defer { server?.stop() }
                if let server { options.onPage?(server.address) }
                let processor = try StreamProcessor(
                    prepared,
                    examples: examples,
                    client: client,
                    log: log,
                    isEmbedded: isEmbedded,
                    watch: watch
                )
                try processor.run {
                    latest.withLock { $0 = processor.counts }
                    return stop.load(ordering: .relaxed)
                }
            } catch let problem as PipelineProblem {
                failure.withLock { $0 = problem }
            } catch let error as KafkaError {
                failure.withLock { $0 = PipelineProblem(error, client) }
            } catch {
                failure.withLock { $0 = PipelineProblem(.internal, "the processor ended: \(error)") }
            }
        }
        defer {
            stop.store(true, ordering: .relaxed)
            _ = done.wait(timeout: .now() + 20)
        }
        return try rounds(settings, client, isStopping, onRound)
    }

    private func makeTopics(_ settings: Settings, _ client: ClientConfiguration, _ cluster: MockCluster?) throws {
        let topics = [
            (settings.topics.events[0], Int32(4)), ("\(settings.appID)-scored", 4), (settings.topics.output, 1),
            ("\(settings.appID)-dlq", 1), ("\(settings.appID)-checkpoints", 1),
        ]
        let admin = cluster == nil ? try Admin(client, milliseconds: 10_000) : nil
        for (name, partitions) in topics {
            try cluster?.createTopic(name, partitions: partitions)
            try admin?.createTopic(name, partitions: partitions)
            try admin?.awaitLeaders(of: name)
        }
    }

    private func rounds(
        _ settings: Settings,
        _ client: ClientConfiguration,
        _ isStopping: () -> Bool,
        _ onRound: (DemoRound) -> Void
    ) throws -> [DemoRound] {
        let producer = try Producer(client)
        let trainer = Trainer(tasks, zeroesAdvantages: options.zeroesAdvantages)
        let reader = try LessonReader(client, topic: settings.topics.output, trainer: trainer)
        var traffic = Traffic(options.traffic, seed: options.seed)
        var policy = SoftmaxPolicy(tasks, learningRate: options.learningRate)
        var finished: [DemoRound] = []
        for number in 1...max(1, options.rounds) where !isStopping() {
            let start = ContinuousClock.now
            let records = traffic.round(number, tasks, policy, start: Int64(Date().timeIntervalSince1970 * 1000))
            for record in records {
                try producer.enqueue(
                    topic: settings.topics.events[0],
                    key: record.key,
                    value: record.value,
                    timestamp: record.timestamp
                )
            }
            let lesson = try learn(reader, traffic.groups(number, tasks, policy), isStopping)
            let elapsed = ContinuousClock.now - start
            let round = DemoRound(
                number: number,
                policyVersion: policy.version,
                meanReward: lesson.meanReward,
                groups: lesson.groups.count,
                records: records.count,
                seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18,
                counts: latest.withLock { $0 },
                output: settings.topics.output
            )
            guard !isStopping() else { break }
            policy.update(lesson.steps)
            finished.append(round)
            onRound(round)
        }
        try producer.close()
        return finished
    }

    /// Waits for every group of the round.
    private func learn(_ reader: LessonReader, _ groups: Set<String>, _ isStopping: () -> Bool) throws -> Trainer.Lesson
    {
        let deadline = ContinuousClock.now + .seconds(60)
        let lesson = try reader.lesson(of: groups) {
            if let failure = failure.withLock({ $0 }) { throw failure }
            return !isStopping() && ContinuousClock.now < deadline
        }
        guard lesson.groups.count == groups.count || isStopping() else {
            throw PipelineProblem(
                .temporary,
                "only \(lesson.groups.count) of \(groups.count) groups came back within 60 s"
            )
        }
        return lesson
    }
}
