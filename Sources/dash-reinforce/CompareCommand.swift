import Arguments
import Files
import Pipeline
import Settings
import Verification

/// `compare`
struct CompareCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        let names = ComparisonReport.Pair(a: parsed.positionals[0], b: parsed.positionals[1])
        let limit = try parsed.integer("limit", in: 0 ... .max) ?? 20
        let a = try loadSettings(parsed, file: names.a)
        let b = try loadSettings(parsed, file: names.b)
        let comparison = Comparison(try ReplayCommand(parsed).options(a), try ReplayCommand(parsed).options(b))
        comparison.sharesExamples = a.examples.file == b.examples.file
        let progress = Progress(quiet: parsed.has("quiet"))
        let interrupt = Interrupt.ofTool()
        comparison.onProgress = { progress.show(records: $0, bytes: $1, share: $2) }
        comparison.isInterrupted = { interrupt.isRequested }
        let found = try comparison.run()
        progress.end()
        guard let report = found else {
            Output.error("interrupted: nothing was compared")
            return 130
        }
        if let path = parsed.last("html") {
            let file = try OutputFile(path)
            try file.write(Array(report.html(names).utf8))
            try file.finish()
        }
        if parsed.has("json") {
            Output.print(String(decoding: report.json(names), as: UTF8.self) + "\n")
        } else if !parsed.has("quiet"), parsed.last("html") != "-" {
            Output.print(report.text(names, limit: limit))
        }
        if let problem = report.problem {
            Output.error(problem.description)
            return 66
        }
        return parsed.has("exit-code") && !report.isSame ? 1 : 0
    }
}
