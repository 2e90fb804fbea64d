import Arguments
import Foundation
import Inspection
import Pipeline
import Problems
import Recordings
import Settings
import Terminal

/// `tail`
struct TailCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        let settings = try loadSettings(parsed)
        let limit = try parsed.integer("groups", in: 1 ... .max) ?? .max
        let tail = BatchTail(settings)
        let interrupt = Interrupt()
        // whatever it waits for, standard input or a broker: there is nothing to lose
        interrupt.limit(seconds: 2) { _exit(0) }
        let style = TextStyle(colours: Output.hasColours(parsed))
        let (isQuiet, isJSON, width) = (parsed.has("quiet"), parsed.has("json"), Output.width)
        var (shown, broken) = (0, 0)
        let body: (BatchTail.Event) -> Bool = { event in
            switch event {
            case .following(let topic, let partitions, let skipped):
                guard !isQuiet else { return true }
                let before = skipped > 0 ? "; what is there already: --from earliest" : ""
                Output.note("waiting for batches on \(topic) (\(partitions) partitions)\(before)\n")
            case .waiting(let problem): if !isQuiet { Output.note("waiting for Kafka: \(problem)\n") }
            case .noBatch(let place, let problem):
                broken += 1
                if !isQuiet { Output.note("warning: \(place) is no batch: \(problem)\n") }
            case .group(let group):
                shown += 1
                Output.print(
                    isJSON ? String(decoding: group.json, as: UTF8.self) + "\n" : group.text(style, width: width)
                )
            }
            return shown < limit
        }
        guard let path = parsed.last("input") else {
            let from = try parsed.last("from").map { text in try RangeBound(parsing: text, flag: "--from") } ?? .latest
            let topic = parsed.last("topic") ?? settings.topics.output
            try tail.follow(topic, from: from, isStopping: { interrupt.isRequested }, body)
            return 0
        }
        guard !parsed.has("brokers"), !parsed.has("topic"), !parsed.has("from") else {
            throw ArgumentProblem("tail reads --input FILE or a topic of --brokers, not both")
        }
        let cut = try tail.read(path, isStopping: { interrupt.isRequested }, body)
        if let cut { throw PipelineProblem(.input, cut) }
        if shown == 0, broken > 0 { throw PipelineProblem(.data, "nothing in \(path) is a batch") }
        if shown == 0, !isQuiet, !interrupt.isRequested { Output.note("\(path) holds no batch\n") }
        return 0
    }
}
