import Foundation
import TestSupport
import Testing

/// SIGTERM and Ctrl-C end a tool, whatever it waits for.
@Suite(.waits) struct InterruptTests {
    /// Standard input that never says anything.
    private func start(_ arguments: String...) throws -> (process: Process, input: Pipe, errors: Pipe) {
        let process = Process()
        process.executableURL = URL(filePath: Tool.path)
        process.arguments = arguments
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        return (process, input, errors)
    }

    private let examples = Fixture.path("golden/run/examples.jsonl")

    @Test(arguments: ["replay", "verify", "inspect"], [SIGTERM, SIGINT])
    func aToolThatWaitsForStandardInputEnds(_ command: String, _ signal: Int32) throws {
        let (process, input, errors) =
            switch command {
            case "verify": try start("verify", "--input", "-", "--examples", examples, "--batches", "x")
            case "inspect": try start("inspect", "group", "g", "--input", "-", "--examples", examples)
            default: try start("replay", "--input", "-", "--examples", examples)
            }
        Thread.sleep(forTimeInterval: 1)
        // one that comes before the program has begun ends it at once, or is lost where whoever started the tests ignores it
        var turn = 0
        while process.isRunning {
            if turn.isMultiple(of: 200) { kill(process.processIdentifier, signal) }
            Thread.sleep(forTimeInterval: 0.05)
            turn += 1
        }
        let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(
            process.terminationReason == .uncaughtSignal
                || process.terminationStatus == 130 && said.contains("interrupted")
        )
        try input.fileHandleForWriting.close()
    }

    @Test func theSecondSignalEndsItAtOnce() throws {
        let (process, input, _) = try start("replay", "--input", "-", "--examples", examples)
        while process.isRunning {
            kill(process.processIdentifier, SIGTERM)
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(process.terminationReason == .uncaughtSignal || process.terminationStatus == 130)
        try input.fileHandleForWriting.close()
    }
}
