import Arguments
import Foundation
import Inspection
import Pipeline
import Reinforce
import Settings
import StoredBatches
import Terminal

/// `inspect`
struct InspectCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        switch parsed.path.last {
        case "thread": return try thread(parsed.positionals[0])
        case "group": return try group(parsed.positionals[0])
        case "batch": return try batch(parsed.positionals[0])
        case "checkpoint": return try checkpoint(parsed.positionals.first)
        case "dlq": return try deadLetters(parsed.positionals.first)
        default: throw ArgumentProblem("inspect needs one of the commands thread, group, batch, checkpoint and dlq")
        }
    }

    private var style: TextStyle {
        let none = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return TextStyle(colours: Output.isTerminal && !parsed.has("no-color") && !none)
    }

    private func thread(_ id: String) throws -> Int32 {
        let settings = try loadSettings(parsed)
        let wantsFate = parsed.has("fate")
        let options = try logOptions(settings, needsExamples: wantsFate)
        let source = try logSource(settings)
        var reports = try ThreadInspection(source, options).run(id, tenant: parsed.last("tenant"))
        guard !reports.isEmpty else {
            Output.error("there is no thread `\(id)` in the log")
            return 66
        }
        if wantsFate {
            guard let fates = try replaying({ try $0.fates(ofThread: id) }, options) else { return 130 }
            for index in reports.indices {
                guard let entry = fates.first(where: { $0.key == reports[index].key }) else { continue }
                reports[index].ledger = entry
                reports[index].isDecided = true
            }
        }
        for report in reports { show(report.json, report.text(style)) }
        return 0
    }

    private func group(_ id: String) throws -> Int32 {
        let settings = try loadSettings(parsed)
        let options = try logOptions(settings, needsExamples: true)
        let tenant = parsed.last("tenant")
        guard let reports = try replaying({ try $0.groups(id, tenant: tenant) }, options) else { return 130 }
        guard !reports.isEmpty else {
            Output.error("there is no group `\(id)` in the log: no thread that could be paired names it")
            return 66
        }
        for report in reports { show(report.json, report.text(style)) }
        return 0
    }

    private func batch(_ id: String) throws -> Int32 {
        guard id.count >= 4, id.allSatisfy(\.isHexDigit) else {
            throw ArgumentProblem("a batch is named by the first digits (at least 4) of its batch_id, not `\(id)`")
        }
        let settings = try loadSettings(parsed)
        let source = try batchSource(settings)
        defer { if let temporary = source.temporary { try? FileManager.default.removeItem(atPath: temporary) } }
        let reports = try BatchReport.find(id, in: source.batches, settings)
        guard !reports.isEmpty else {
            Output.error("there is no batch whose id begins with \(id), and no group whose digest does")
            return 66
        }
        for report in reports { show(report.json, report.text(style)) }
        return 0
    }

    private func checkpoint(_ text: String?) throws -> Int32 {
        if let text {
            let offset = try parsed.integer("offset", in: 0...Int.max) ?? 0
            let report = CheckpointReport(text: text, group: try loadSettings(parsed).appID, offset: Int64(offset))
            show(report.json, report.text(style))
            return report.fields == nil ? 65 : 0
        }
        guard parsed.has("brokers") || parsed.has("config") else {
            throw ArgumentProblem(
                "inspect checkpoint needs the text of one, or --brokers for what the group has committed"
            )
        }
        for report in try CheckpointReport.committed(try loadSettings(parsed)) { show(report.json, report.text(style)) }
        return 0
    }

    private func deadLetters(_ number: String?) throws -> Int32 {
        let settings = try loadSettings(parsed)
        let shown = try number.map { text throws(ArgumentProblem) in
            guard let number = Int(text), number >= 0 else {
                throw ArgumentProblem("a dead letter is named by its number from 0, not `\(text)`")
            }
            return number
        }
        let source = try deadLetterSource(settings)
        defer { if let temporary = source.temporary { try? FileManager.default.removeItem(atPath: temporary) } }
        let report = try DeadLetterReport(source.letters, try DeadLetterFilter(parsed.all("filter")), show: shown)
        show(report.json, report.text(style))
        return 0
    }

    private func show(_ json: [UInt8], _ text: String) {
        Output.print(parsed.has("json") ? String(decoding: json, as: UTF8.self) + "\n" : text)
    }
}

extension InspectCommand {
    /// Where the records are.
    private func logSource(_ settings: Settings) throws -> LogSource {
        if let input = parsed.last("input") { return .recording(input) }
        guard parsed.has("brokers") else { throw ArgumentProblem("inspect needs --input FILE or --brokers HOST:PORT") }
        return .topics(try parsed.topicRange(settings))
    }

    /// The rules. Examples are read where they are given or needed.
    private func logOptions(_ settings: Settings, needsExamples: Bool) throws -> ReplayOptions {
        let replay = ReplayCommand(parsed)
        if needsExamples { return try replay.options(settings) }
        let hasExamples = parsed.has("examples") || !settings.examples.file.isEmpty
        var options = ReplayOptions(
            input: parsed.last("input") ?? "-",
            examples: hasExamples ? try replay.examples(settings).table : ExampleTable(),
            estimator: try settings.makeEstimator()
        )
        options.topic = parsed.last("topic") ?? settings.topics.events.first ?? "dashstream-events"
        options.stage = settings.stageConfiguration()
        if parsed.has("rollouts") { options.registry = try replay.registry(settings) }
        return options
    }

    /// Replays the whole log for an answer; nil when interrupted.
    private func replaying<Answer>(_ ask: (GroupInspection) throws -> Answer?, _ options: ReplayOptions) throws
        -> Answer?
    {
        let inspection = GroupInspection(options)
        let progress = Progress(quiet: parsed.has("quiet"))
        let interrupt = Interrupt.ofTool()
        inspection.onProgress = { progress.show(records: $0, bytes: $1, share: $2) }
        inspection.isInterrupted = { interrupt.isRequested }
        let answer = try ask(inspection)
        progress.end()
        if answer == nil { Output.error("interrupted") }
        return answer
    }

    /// The batches that were written, or those that the log gives, in a temporary file.
    private func batchSource(_ settings: Settings) throws -> (batches: BatchSource, temporary: String?) {
        if let batches = parsed.last("batches") { return (BatchSource(batches), nil) }
        guard parsed.has("input") else {
            guard parsed.has("brokers") else {
                throw ArgumentProblem("inspect batch needs --batches FILE, --input FILE or --brokers HOST:PORT")
            }
            return (.topic(settings.topics.output), nil)
        }
        var options = try logOptions(settings, needsExamples: true)
        let path = temporaryPath
        options.output = path
        _ = try Replay(options).run()
        return (.file(path), path)
    }

    /// The dead letters that were written, or the records of a recording that cannot be read, in a temporary file.
    private func deadLetterSource(_ settings: Settings) throws -> (letters: DeadLetterSource, temporary: String?) {
        if let path = parsed.last("dlq") { return (.file(path), nil) }
        guard parsed.has("input") else {
            guard parsed.has("brokers") else {
                throw ArgumentProblem("inspect dlq needs --dlq FILE, --input FILE or --brokers HOST:PORT")
            }
            return (.topic(settings), nil)
        }
        var options = try logOptions(settings, needsExamples: false)
        let path = temporaryPath
        options.deadLetters = path
        _ = try Replay(options).run()
        return (.file(path), path)
    }

    private var temporaryPath: String {
        FileManager.default.temporaryDirectory.appending(path: "dash-reinforce-\(UUID().uuidString).jsonl").path
    }
}
