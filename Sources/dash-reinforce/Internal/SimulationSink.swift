import Arguments
import Files
import Foundation
import Kafka
import Pipeline
import Problems
import Settings
import Simulation

/// Where the records and the examples of `simulate` go.
final class SimulationSink {
    let topic: String
    private var file: RecordingWriter?
    private var producer: Producer?
    private let examplesPath: String?
    /// Where the brokers are; nil: a file is written.
    private(set) var client: ClientConfiguration?

    init(_ parsed: ParsedArguments) throws {
        if let out = parsed.last("out") {
            topic = ""
            let partitions = try parsed.integer("partitions", in: 1...10_000) ?? 4
            file = try RecordingWriter(out, partitions: partitions)
            examplesPath = parsed.last("examples") ?? out + ".examples.jsonl"
        } else {
            examplesPath = parsed.last("examples")
            let settings = try loadSettings(parsed)
            topic = parsed.last("topic") ?? settings.topics.events.first ?? "dashstream-events"
            let client = settings.clientConfiguration()
            self.client = client
            do {
                producer = try Producer(client)
            } catch {
                throw PipelineProblem(error, client)
            }
        }
    }

    /// Writes the examples first: whoever reads the records may need them at once.
    func writeExamples(_ tasks: [SimulatedTask]) throws {
        guard let examplesPath else { return }
        let examples = try OutputFile(examplesPath)
        for task in tasks { try examples.write(line: task.exampleLine) }
        try examples.finish()
    }

    func write(_ record: TrafficRecord) throws {
        try file?.write(record)
        guard let producer else { return }
        try producer.enqueue(topic: topic, key: record.key, value: record.value, timestamp: record.timestamp)
        try check()
    }

    func finish() throws {
        try file?.finish()
        try producer?.close(milliseconds: 60_000)
        try check()
    }

    private func check() throws {
        guard let failure = producer?.counts.firstFailure, let client else { return }
        throw PipelineProblem(failure, client)
    }
}
