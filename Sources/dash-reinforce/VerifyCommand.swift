import Arguments
import Files
import Pipeline
import Settings
import StoredBatches
import Verification

/// `verify`
struct VerifyCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        guard let batches = parsed.last("batches") else {
            throw ArgumentProblem("verify needs --batches FILE, or --batches topic:NAME")
        }
        let limit = try parsed.integer("limit", in: 0 ... .max) ?? 50
        let settings = try loadSettings(parsed)
        let options = try ReplayCommand(parsed).options(settings)
        let verification = Verification(options, batches: BatchSource(batches), settings: settings)
        let progress = Progress(quiet: parsed.has("quiet"))
        let interrupt = Interrupt.ofTool()
        verification.onProgress = { progress.show(records: $0, bytes: $1, share: $2) }
        verification.isInterrupted = { interrupt.isRequested }
        let found = try verification.run()
        progress.end()
        guard let report = found else {
            Output.error("interrupted: nothing was verified")
            return 130
        }
        if parsed.has("json") {
            Output.print(String(decoding: report.json, as: UTF8.self) + "\n")
        } else {
            Output.print(report.text(limit: parsed.has("quiet") ? 1 : limit))
        }
        if let problem = report.problem {
            Output.error(problem.description)
            return 66
        }
        return report.isProven ? 0 : 1
    }
}
