import Arguments
import Foundation
import Kafka
import Pipeline
import Settings
import Simulation

/// `simulate`
struct SimulateCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        var options = TrafficOptions()
        options.groupSize = try parsed.integer("group-size", in: 1...10_000) ?? options.groupSize
        options.failures = try parsed.number("failures", in: 0...1) ?? options.failures
        options.duplicates = try parsed.number("duplicates", in: 0...1) ?? options.duplicates
        options.late = try parsed.number("late", in: 0...1) ?? options.late
        options.retries = try parsed.number("retries", in: 0...1) ?? options.retries
        options.modelErrors = try parsed.number("model-errors", in: 0...1) ?? options.modelErrors
        options.judges = try parsed.number("judges", in: 0...1) ?? options.judges
        let threads = try parsed.integer("threads", in: 1...100_000_000) ?? 100
        let rate = try parsed.integer("rate", in: 1...100_000_000)
        let seed = UInt64(try parsed.integer("seed", in: 0 ... .max) ?? 1)
        let partitions = try parsed.integer("partitions", in: 1...10_000) ?? 4
        let out = parsed.last("out")
        guard (out == nil) != (parsed.last("brokers") == nil) else {
            throw ArgumentProblem("simulate needs either --out FILE or --brokers HOST:PORT")
        }
        let groups = max(1, threads / options.groupSize)
        let tasks = SimulatedTask.make(min(groups, 64), seed: seed)
        let interrupt = Interrupt()
        let sink = try Sink(parsed, partitions)
        var traffic = Traffic(options, seed: seed)
        var policy = SoftmaxPolicy(tasks)
        var left = groups
        var round = 0
        var records = 0
        var time: Int64 = out == nil ? Int64(Date().timeIntervalSince1970 * 1000) : 1_763_683_200_000
        let start = ContinuousClock.now
        while left > 0, !interrupt.isRequested {
            round += 1
            let some = Array(tasks.prefix(left))
            for record in traffic.round(round, some, policy, start: time) {
                try sink.write(record)
                records += 1
                if let rate { pace(records, rate, start) }
            }
            left -= some.count
            policy.update([])
            time += 1000
        }
        try sink.finish(tasks)
        if !parsed.has("quiet") {
            Output.note(
                "\(records) records of \((groups - left) * options.groupSize) rollouts in \(groups - left) groups\n"
            )
        }
        return 0
    }

    /// Waits until the next record is due.
    private func pace(_ records: Int, _ rate: Int, _ start: ContinuousClock.Instant) {
        let elapsed = ContinuousClock.now - start
        let due = Double(records) / Double(rate)
        let now = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        if due > now { Thread.sleep(forTimeInterval: due - now) }
    }

    /// Where the records go.
    private final class Sink {
        private var file: RecordingWriter?
        private var producer: Producer?
        private let topic: String
        private let examplesPath: String?

        init(_ parsed: ParsedArguments, _ partitions: Int) throws {
            topic = parsed.last("topic") ?? "dashstream-events"
            if let out = parsed.last("out") {
                file = try RecordingWriter(out, partitions: partitions)
                examplesPath = parsed.last("examples") ?? out + ".examples.jsonl"
            } else {
                examplesPath = parsed.last("examples")
                let settings = try loadSettings(parsed)
                do {
                    producer = try Producer(settings.clientConfiguration())
                } catch {
                    throw PipelineProblem(error, settings.clientConfiguration())
                }
            }
        }

        func write(_ record: TrafficRecord) throws {
            try file?.write(record)
            try producer?.enqueue(topic: topic, key: record.key, value: record.value, timestamp: record.timestamp)
        }

        func finish(_ tasks: [SimulatedTask]) throws {
            try file?.finish()
            try producer?.close(milliseconds: 60_000)
            if let failure = producer?.counts.firstFailure { throw PipelineProblem(.unavailable, "\(failure)") }
            guard let examplesPath else { return }
            let examples = try OutputFile(examplesPath)
            for task in tasks { try examples.write(line: task.exampleLine) }
            try examples.finish()
        }
    }
}
