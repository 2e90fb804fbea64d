import Foundation
import TestSupport
import Testing

/// `run --embedded`: broker and processor in one process, for whoever has no Kafka at hand.
@Suite(.waits) struct EmbeddedRunTests {
    /// Also where the configuration has what a real broker needs (encryption, a login): it is not asked of this one.
    @Test func whatIsWrittenToThePrintedAddressComesBackAsBatches() throws {
        let folder = try TemporaryFolder()
        #expect(try Tool("simulate", "--out", folder.file("run"), "--threads", "40", "--quiet").code == 0)
        let process = Process()
        process.executableURL = URL(filePath: Tool.path)
        process.arguments = [
            "run", "--embedded", "--examples", folder.file("run.examples.jsonl"), "--set", "batches.linger=200ms",
            "--set",
            "http.listen=''", "--set", "kafka.properties=['security.protocol=SSL']", "--quiet",
        ]
        let out = Pipe()
        process.standardOutput = out
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let line = String(decoding: out.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line.hasPrefix("127.0.0.1:") && line.hasSuffix("\n"), "\(line)")
        let brokers = line.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try Tool("simulate", "--brokers", brokers, "--threads", "40", "--quiet").code == 0)
        let program = Tool.path
        let tail = try Tool(
            shell: "timeout 300 '\(program)' tail --brokers \(brokers) --from earliest --groups 3 --json --quiet"
        )
        #expect(tail.code == 0, "\(tail.error)")
        #expect(tail.out.split(separator: "\n").count == 3)
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && process.terminationReason == .exit)
    }

    @Test func eitherABrokerIsNamedOrOneIsEmbedded() throws {
        let tool = try Tool("run", "--embedded", "--brokers", "localhost:9092")
        #expect(tool.code == 64)
        #expect(tool.error.contains("either --brokers HOST:PORT or --embedded"))
    }
}
