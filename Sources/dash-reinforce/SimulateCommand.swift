import Arguments
import Foundation
import Pipeline
import Simulation

/// `simulate`
struct SimulateCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        let out = parsed.last("out")
        guard (out == nil) != (parsed.last("brokers") == nil) else {
            throw ArgumentProblem("simulate needs either --out FILE or --brokers HOST:PORT")
        }
        let isLive = out == nil
        guard isLive || !parsed.has("learn") else {
            throw ArgumentProblem(
                "--learn reads batches that a processor makes of the records: it needs --brokers, not --out"
            )
        }
        var options = try trafficOptions(isLive: isLive)
        let threads = try parsed.integer("threads", in: 1...100_000_000) ?? 100
        let rate = try parsed.integer("rate", in: 1...100_000_000)
        let seed = UInt64(try parsed.integer("seed", in: 0 ... .max) ?? 1)
        let groups = max(1, threads / options.groupSize)
        let tasks = SimulatedTask.make(min(groups, try parsed.integer("tasks", in: 1...10_000) ?? 64), seed: seed)
        if let rate { options.pace(rate: rate, rollouts: tasks.count * options.groupSize) }
        let known = try knownTasks(tasks)
        let sink = try SimulationSink(parsed)
        let lessons = try parsed.last("learn").map { try SimulatedLessons(parsed, topic: $0, sink, tasks) }
        if isLive, !parsed.has("quiet") { Output.note("run \(options.run) to topic \(sink.topic)\n") }
        let interrupt = Interrupt.ofTool()
        var traffic = Traffic(options, seed: seed)
        var policy = SoftmaxPolicy(tasks, learningRate: DemoOptions().learningRate)
        var (left, round, records) = (groups, 0, 0)
        var time: Int64 = 1_763_683_200_000
        let start = ContinuousClock.now
        try sink.writeExamples(known)
        while left > 0, !interrupt.isRequested {
            round += 1
            let some = Array(tasks.prefix(left))
            if isLive { time = max(time, wallMilliseconds) }
            for var record in traffic.round(round, some, policy, start: time) {
                guard !interrupt.isRequested else { break }
                if isLive {
                    if let rate { pace(records, rate, start) }
                    // what is written now has happened now
                    record.timestamp = wallMilliseconds
                }
                try sink.write(record)
                records += 1
            }
            left -= some.count
            policy.update(try lessons?.steps(round, traffic.groups(round, some, policy), interrupt) ?? [])
            time += max(1000, options.spread)
        }
        try sink.finish()
        if !parsed.has("quiet") {
            let run = options.run.isEmpty ? "" : "run \(options.run): "
            Output.note(
                "\(run)\(records) records of \((groups - left) * options.groupSize) rollouts in \(groups - left) groups\n"
            )
        }
        return 0
    }

    /// - Parameter isLive: to Kafka, where every run has a name of its own; a file is the same for the same command.
    private func trafficOptions(isLive: Bool) throws -> TrafficOptions {
        var options = TrafficOptions()
        options.groupSize = try parsed.integer("group-size", in: 1...10_000) ?? options.groupSize
        for (flag, share) in [
            ("failures", \TrafficOptions.failures), ("duplicates", \.duplicates), ("reordered", \.reordered),
            ("late", \.late), ("poison", \.poison), ("unpaired", \.unpaired), ("incomplete", \.incomplete),
            ("retries", \.retries), ("model-errors", \.modelErrors), ("judges", \.judges),
        ] { options[keyPath: share] = try parsed.number(flag, in: 0...1) ?? options[keyPath: share] }
        options.run = parsed.last("run") ?? (isLive ? Self.newRun() : "")
        guard options.run.utf8.count <= 64, options.run.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ArgumentProblem("--run needs at most 64 letters, digits and signs, not `\(options.run)`")
        }
        return options
    }

    /// Six letters and digits that no run had before.
    private static func newRun() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<6).map { _ in letters.randomElement() ?? "a" })
    }

    /// The tasks whose examples are told: the last ones are left out where that is asked for.
    private func knownTasks(_ tasks: [SimulatedTask]) throws -> [SimulatedTask] {
        let share = try parsed.number("unknown-examples", in: 0...1) ?? 0
        return Array(tasks.dropLast(Int((share * Double(tasks.count)).rounded())))
    }

    private var wallMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Waits until the next record is due.
    private func pace(_ records: Int, _ rate: Int, _ start: ContinuousClock.Instant) {
        let elapsed = ContinuousClock.now - start
        let due = Double(records) / Double(rate)
        let now = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        if due > now { Thread.sleep(forTimeInterval: due - now) }
    }
}
