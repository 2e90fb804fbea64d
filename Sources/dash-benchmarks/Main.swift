import Arguments
import Foundation

@main
enum Main {
    static let command = Command(
        "dash-benchmarks",
        summary: "Measures what dash-reinforce does, on workloads it makes itself.",
        examples: ["dash-benchmarks --filter decode", "dash-benchmarks --json --workload run.dsrun"],
        options: [
            Option("list", help: "names only"),
            Option("filter", value: "PREFIX", help: "benchmarks whose name begins so"),
            Option("json", help: "a JSON line each"),
            Option("runs", value: "N", help: "runs of each (default 10)"),
            Option("workload", value: "FILE", help: "a recording to replay instead of the one that is made"),
        ]
    )

    static func main() {
        do {
            let parsed = try command.parse(Array(CommandLine.arguments.dropFirst()))
            if parsed.wantsHelp {
                print(command.help())
                return
            }
            let prefix = parsed.last("filter") ?? ""
            let runs = try parsed.integer("runs", in: 1...100_000) ?? 10
            let workload = try Workload(parsed.last("workload"))
            for benchmark in try workload.benchmarks() + InstantLoopBenchmarks.all()
            where benchmark.name.hasPrefix(prefix) {
                if parsed.has("list") {
                    print(benchmark.name)
                    continue
                }
                let measurement = try Measurement(benchmark, runs: runs)
                print(
                    parsed.has("json") ? measurement.json : measurement.text,
                    terminator: parsed.has("json") ? "\n" : ""
                )
            }
        } catch {
            try? FileHandle.standardError.write(contentsOf: Data("error: \(error)\n".utf8))
            exit(64)
        }
    }
}
