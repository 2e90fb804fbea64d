import Arguments
import DashStream
import Files
import Foundation
import InstantLearning
import JSON
import Pipeline
import Problems
import Simulation

/// `instant-loop`
struct InstantLoopCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        if parsed.has("example") { return try example() }
        let path = parsed.last("input") ?? "-"
        let mode = InstantLoop.Mode(rawValue: parsed.last("mode") ?? "") ?? .corrected
        var adapter: Adapter?
        for (index, line) in try readText(path).split(separator: UInt8(ascii: "\n")).enumerated() {
            let place = "\(path == "-" ? "stdin" : path) line \(index + 1)"
            let given = try InstantLoopCase(Array(line), place)
            let result = try given.run(mode, place)
            adapter = result.adapter
            Output.print(result.line)
        }
        if let adapter { return try write(adapter) }
        if parsed.last("out") ?? parsed.last("peft") != nil {
            throw PipelineProblem(.data, "there was no case, so there is no adapter to write")
        }
        return 0
    }

    private func write(_ adapter: Adapter) throws -> Int32 {
        if let path = parsed.last("out") { try write(adapter.safetensors().bytes, path) }
        guard let folder = parsed.last("peft") else { return 0 }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw PipelineProblem(.input, "the folder \(folder) cannot be made: \(error.localizedDescription)")
        }
        let module = parsed.last("module") ?? "linear"
        for (name, bytes) in adapter.peftFolder(module: module, baseModel: parsed.last("base-model") ?? "") {
            try write(bytes, folder + "/" + name)
        }
        return 0
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        let file = try OutputFile(path)
        try file.write(bytes)
        try file.finish()
    }

    /// Shows accuracy without an adapter and with one.
    private func example() throws -> Int32 {
        let task = RetrievalTask()
        if !parsed.has("quiet") {
            Output.note(
                "\(task.training.count) questions to learn from, \(task.test.count) others to be asked; for example\n"
                    + "  \(task.test[0].task.question)\n" + task.test[0].notes.map { "    \($0.text)\n" }.joined()
            )
        }
        let points = try task.learningCurve()
        for point in points {
            if parsed.has("json") {
                Output.print(#"{"trajectories":\#(point.trajectories),"accuracy":\#(point.accuracy)}"# + "\n")
            } else {
                let count = String(point.trajectories)
                let bar = String(repeating: "█", count: max(0, Int(saturating: (point.accuracy * 50).rounded())))
                let share = String(Int(saturating: (point.accuracy * 100).rounded()))
                let pad = { (text: String, width: Int) in
                    String(repeating: " ", count: max(0, width - text.count)) + text
                }
                Output.print("\(pad(count, 6)) trajectories  \(pad(share, 3)) %  \(bar)\n")
            }
        }
        return 0
    }
}
