import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Reinforce

/// Traces from the events' records to the batches and to a collector.
@Suite(.waits) struct TraceStreamTests {
    /// A small collector in Python: writes each request as a line.
    private final class Collector {
        private let service: PythonService
        private let file: String

        init(_ folder: TemporaryFolder, status: Int = 200) throws {
            file = folder.file("requests")
            let handler = """
                class H(BaseHTTPRequestHandler):
                  def do_POST(self):
                    body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                    with open(sys.argv[1], "a") as f:
                      f.write(json.dumps({"path": self.path, "key": self.headers.get("X-Key"), "body": body}) + "\\n")
                    self.send_response(int(sys.argv[2])); self.send_header("Content-Length", "0"); self.end_headers()
                  def log_message(self, *a): pass
                """
            service = try PythonService(handler, [file, String(status)])
        }

        var endpoint: String { service.address }

        func stop() { service.stop() }

        var requests: [JSONValue] {
            get throws {
                guard let data = FileManager.default.contents(atPath: file) else { return [] }
                return try data.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) }
            }
        }

        /// Spans by name.
        func spans(_ name: String) throws -> [JSONValue] {
            func inner(_ values: [JSONValue], _ key: Text) -> [JSONValue] { values.flatMap { $0[key]?.list ?? [] } }
            let bodies = try requests.compactMap { $0["body"] }
            let spans = inner(inner(inner(bodies, "resourceSpans"), "scopeSpans"), "spans")
            return spans.filter { $0["name"]?.text == name }
        }
    }

    private static func parent(_ key: [UInt8]) -> String {
        let hex = sha256(key).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "00-\(hex.prefix(32))-\(hex.suffix(16))-01"
    }

    /// Writes records of the recording with a trace context for each thread; every third has none, or none that can be read.
    private func produce(_ run: StreamRun) throws {
        try run.produce(Recording(run.golden.recording).records) { record in
            let sum = record.key.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 3
            return [
                [], [RecordHeader("traceparent", Self.parent(record.key))], [RecordHeader("traceparent", "?")],
            ][sum]
        }
    }

    @Test func theTracesOfItsRolloutsStandInABatchsHeadersAndChangeNoDigest() throws {
        let run = try StreamRun(GoldenCase.all[0])
        try produce(run)
        try run.process(FastClock(step: 200))
        var traced = 0
        for batch in try run.read("reinforce") {
            let found = batch.headers.filter { $0.name == "traceparent" }.map {
                String(decoding: $0.value ?? [], as: UTF8.self)
            }
            let value = try JSONValue(parsing: batch.value)
            let rollouts = (value["groups"]?.list ?? []).flatMap { $0["rollouts"]?.list ?? [] }
            let told = rollouts.compactMap { $0["traceparent"]?.text }.filter { TraceContext($0) != nil }
            #expect(found == told.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
            traced += found.count
        }
        #expect(traced > 10)
        // the replay reads records without any header
        #expect(differences(try run.digests(), try run.replayedDigests()) == [])
    }

    @Test func spansOfCommitsRestoresAndJudgesReachTheCollector() throws {
        let folder = try TemporaryFolder()
        let collector = try Collector(folder)
        defer { collector.stop() }
        try Data("sesame\n".utf8).write(to: URL(filePath: folder.file("key")))
        let run = try StreamRun(GoldenCase.all[0])
        var judge = Settings.Rewards.Component(name: "judge", type: "command")
        judge.outside.command = [
            "python3", "-c",
            """
            import json, sys
            for line in sys.stdin:
              print(json.dumps({"id": json.loads(line)["id"], "reward": 0.5}), flush=True)
            """,
        ]
        try run.ask(judge)
        run.settings.otel.endpoint = collector.endpoint
        run.settings.otel.headers = ["X-Key: ${file:\(folder.file("key"))}"]
        try produce(run)
        try run.process(PacedClock()) { $0.counts.records > 500 }
        try run.process(FastClock(step: 200))
        let commits = try collector.spans("commit")
        #expect(!commits.isEmpty)
        #expect(commits.contains { !($0["links"]?.list ?? []).isEmpty })
        #expect(try !collector.spans("restore").isEmpty)
        let judged = try collector.spans("judge")
        #expect(judged.count > 20)
        #expect(judged.allSatisfy { $0["kind"]?.asInteger == 3 && $0["traceId"]?.text?.utf8.count == 32 })
        let requests = try collector.requests
        #expect(requests.allSatisfy { $0["path"]?.text == "/v1/traces" && $0["key"]?.text == "sesame" })
        // nothing of what was asked, and no secret, is told
        #expect(!run.lines.withLock { $0.joined() }.contains("sesame"))
    }

    @Test func whoeverCannotBeReachedHoldsNobodyUp() throws {
        let log = Logger(now: { 0 }) { _ in }
        let exporter = SpanExporter("http://127.0.0.1:1/", headers: [], resource: [], log)
        for _ in 0..<5000 { exporter.add(TraceSpan("x", took: 1, end: 2)) }
        exporter.close(milliseconds: 10_000)
        exporter.add(TraceSpan("x", took: 1, end: 2))
        #expect(exporter.counts == SpanExporter.Counts(sent: 0, dropped: 5001))
    }

    @Test func whatACollectorRefusesIsCounted() throws {
        let folder = try TemporaryFolder()
        let collector = try Collector(folder, status: 400)
        defer { collector.stop() }
        let log = Logger(now: { 0 }) { _ in }
        let exporter = SpanExporter(collector.endpoint + "/v1/traces", headers: [], resource: [], log)
        for _ in 0..<10 { exporter.add(TraceSpan("x", took: 1, end: 2)) }
        exporter.close(milliseconds: 60_000)
        #expect(exporter.counts == SpanExporter.Counts(sent: 0, dropped: 10))
        #expect(try collector.spans("x").count == 10)
    }

    @Test func aHeaderThatNamesWhatIsNotThereIsRefused() throws {
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.otel.endpoint = "http://127.0.0.1:1"
        run.settings.otel.headers = ["Authorization: Bearer ${DASH_NO_SUCH_VARIABLE}"]
        let problem = #expect(throws: PipelineProblem.self) { _ = try run.processor("one", SystemClock()) }
        #expect(problem?.description.contains("otel.headers: the header Authorization") == true)
    }
}
