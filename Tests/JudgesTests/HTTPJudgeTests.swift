import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Judges

/// A small service in Python on a free port; `do(self, q)` decides what it says.
private final class Service {
    let url: String
    private let service: PythonService

    init(_ body: String) throws {
        let head = """
            count = {}
            lock = threading.Lock()
            class H(BaseHTTPRequestHandler):
              def say(self, status, value, **headers):
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                for k, v in headers.items(): self.send_header(k.replace("_", "-"), v)
                self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
              def do_POST(self):
                q = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = self.headers["Idempotency-Key"]
                with lock: n = count[key] = count.get(key, 0) + 1
                self.answer(q, n)
              def log_message(self, *a): pass
              def answer(self, q, n):

            """
        service = try PythonService(head + PythonService.block(body, 4))
        url = service.address + "/score"
    }

    func stop() { service.stop() }
}

private final class Heard: Sendable {
    let all = Mutex<[Judge.Event]>([])
    var events: [Judge.Event] { all.withLock { $0 } }

    func count(_ kind: TryFailure.Kind) -> Int {
        events.count { if case .failed(let failure) = $0 { failure.kind == kind } else { false } }
    }
}

private func policy(_ change: (inout RetryPolicy) -> Void = { _ in }) -> RetryPolicy {
    var policy = RetryPolicy()
    policy.firstPause = 1
    policy.longestPause = 20
    policy.timeout = 20_000
    change(&policy)
    return policy
}

extension Judge {
    fileprivate func ask(_ body: String = #"{"number":1}"#, key: String = "k") async -> JudgeAnswer {
        await withCheckedContinuation { continuation in
            ask(JudgeRequest(body: Array(body.utf8), idempotencyKey: key)) { continuation.resume(returning: $0) }
        }
    }
}

@Suite("A judge that is a service", .serialized)
struct HTTPJudgeTests {
    private func judge(
        _ service: Service,
        _ heard: Heard = Heard(),
        headers: [String: String] = [:],
        _ policy: RetryPolicy = policy()
    ) -> Judge {
        Judge(http: HTTPAddress(url: service.url, headers: headers), policy) { event in
            heard.all.withLock { $0.append(event) }
        }
    }

    @Test("Many questions at a time, each with its answer")
    func many() async throws {
        let service = try Service(#"time.sleep(0.05); self.say(200, {"id": q["id"], "reward": q["number"]})"#)
        defer { service.stop() }
        let judge = judge(service)
        defer { judge.close() }
        let values = await withTaskGroup(of: (Int, Double?).self) { group in
            for number in 0..<100 {
                group.addTask { (number, await judge.ask(#"{"number":\#(number)}"#, key: "\(number)").value) }
            }
            var found: [Int: Double] = [:]
            for await (number, value) in group { found[number] = value }
            return found
        }
        #expect(values.count == 100)
        #expect(values.allSatisfy { Double($0.key) == $0.value })
    }

    @Test("Headers and the idempotency key arrive; the key is the same for each try")
    func headers() async throws {
        let service = try Service(
            """
            ok = self.headers["Authorization"] == "Bearer s3cret" and self.headers["Content-Type"] == "application/json"
            if n == 1: return self.say(503, {})
            self.say(200, {"reward": float(ok), "explanation": self.headers["Idempotency-Key"]})
            """
        )
        defer { service.stop() }
        let heard = Heard()
        let judge = judge(service, heard, headers: ["Authorization": "Bearer s3cret"])
        defer { judge.close() }
        let answer = await judge.ask(key: "t/thräd 1/judge/1")
        #expect(answer.value == 1)
        #expect(answer.explanation == "t/thr%C3%A4d%201/judge/1")
        #expect(heard.count(.unavailable) == 1)
    }

    @Test("500 and 429 are asked again, other 4xx are not; garbage is an error in the end")
    func statuses() async throws {
        let service = try Service(
            """
            what = q["number"]
            if what == 500 and n < 3: return self.say(500, {})
            if what == 429 and n < 2: return self.say(429, {}, Retry_After="0")
            if what == 404: return self.say(404, {})
            if what == 1: return self.say(200, b"<html>")
            if what == 2: return self.say(200, {"id": "other", "reward": 1})
            self.say(200, {"reward": 1})
            """
        )
        defer { service.stop() }
        let heard = Heard()
        let judge = judge(service, heard)
        defer { judge.close() }
        #expect(await judge.ask(#"{"number":500}"#, key: "a").value == 1)
        #expect(await judge.ask(#"{"number":429}"#, key: "b").value == 1)
        let refused = await judge.ask(#"{"number":404}"#, key: "c")
        #expect(refused.status == .error)
        #expect(refused.explanation?.contains("404") == true)
        #expect(heard.count(.refused) == 1)
        #expect(await judge.ask(#"{"number":1}"#, key: "d").status == .error)
        #expect(await judge.ask(#"{"number":2}"#, key: "e").status == .error)
        #expect(heard.count(.garbage) == 8)
    }

    @Test("One that hangs is a time-out; one that is not there an error that says so")
    func absent() async throws {
        let service = try Service("time.sleep(1000)")
        defer { service.stop() }
        let slow = judge(
            service,
            Heard(),
            policy {
                $0.timeout = 200; $0.retries = 1
            }
        )
        defer { slow.close() }
        #expect(await slow.ask().status == .timeout)
        let gone = Judge(http: HTTPAddress(url: "http://127.0.0.1:1/", headers: [:]), policy { $0.retries = 1 }) { _ in
        }
        defer { gone.close() }
        let answer = await gone.ask()
        #expect(answer.status == .error)
        #expect(answer.explanation?.contains("cannot be reached") == true)
    }

    @Test("While it is down nobody asks; when it is back everybody has an answer, without losing a try")
    func outage() async throws {
        let flag = NSTemporaryDirectory() + "judge-up-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: flag) }
        let service = try Service(
            """
            import os
            if not os.path.exists("\(flag)"): return self.say(500, {})
            self.say(200, {"reward": 1})
            """
        )
        defer { service.stop() }
        let heard = Heard()
        let judge = judge(service, heard, policy { $0.retries = 3 })
        defer { judge.close() }
        async let answers = withTaskGroup(of: JudgeAnswer.self) { group in
            for number in 0..<30 { group.addTask { await judge.ask(key: "\(number)") } }
            var all: [JudgeAnswer] = []
            for await answer in group { all.append(answer) }
            return all
        }
        while !heard.events.contains(where: { if case .down = $0 { true } else { false } }) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(FileManager.default.createFile(atPath: flag, contents: nil))
        let all = await answers
        #expect(all.count == 30)
        #expect(all.allSatisfy { $0.value == 1 })
        #expect(heard.events.contains(.back))
    }
}

@Suite("A judge that is a language model", .serialized)
struct ChatJudgeTests {
    private static let rollout = #"""
        {"thread_id":"a","outcome":"completed","example":{"data":{"question":"2+2?","answer":4}},
        "calls":[{"prompt":[{"role":"user","content":"2+2?"}],"completion":{"role":"assistant","content":"four"}}],
        "samples":[],"final_state":{"answer":{"x":"4"}}}
        """#

    @Test("The question is in words, the score a number from 0 to 1")
    func score() async throws {
        let service = try Service(
            """
            asked = q["messages"][0]["content"]
            right = asked == "Q 2+2? A four L 4 S 4 O completed N (none)" and q["model"] == "m"
            self.say(200, {"choices": [{"message": {"content": "because. Score: " + ("7.5" if right else "99")}}]})
            """
        )
        defer { service.stop() }
        let template =
            "Q {{prompt}} A {{completion}} L {{label.answer}} S {{final_state./answer/x}} O {{ outcome }} N {{label.no}}"
        let judge = Judge(
            chat: HTTPAddress(url: service.url, headers: [:]),
            model: "m",
            template: try ChatTemplate(template),
            reader: try ScoreReader("Score: ([0-9.]+)", range: 0...10),
            policy()
        ) { _ in }
        defer { judge.close() }
        let answer = await judge.ask(Self.rollout)
        #expect(answer.value == 0.75)
        #expect(answer.explanation == "because. Score: 7.5")
    }

    @Test("A whole group is one question, and each of its rollouts has its number")
    func group() async throws {
        let service = try Service(
            """
            asked = q["messages"][0]["content"]
            scores = [10, 2.5] if asked == "[1]\\na\\n\\n[2]\\nb" else [1]
            self.say(200, {"choices": [{"message": {"content": json.dumps({"scores": scores})}}]})
            """
        )
        defer { service.stop() }
        let judge = Judge(
            chat: HTTPAddress(url: service.url, headers: [:]),
            model: "m",
            template: try ChatTemplate("{{completions}}"),
            reader: try ScoreReader("/scores", range: 0...10),
            policy()
        ) { _ in }
        defer { judge.close() }
        let body = #"{"rollouts":[{"samples":[{"completion":"a"}]},{"samples":[{"completion":"b"}]}]}"#
        let answer = await withCheckedContinuation { continuation in
            let request = JudgeRequest(body: Array(body.utf8), idempotencyKey: "g", members: ["x", "y"])
            judge.ask(request) { continuation.resume(returning: $0) }
        }
        #expect(answer.values == ["x": 1, "y": 0.25])
        #expect(answer.status == .ok)
    }

    @Test("A template and a pattern that cannot be used say why")
    func problems() {
        #expect(throws: TemplateProblem.self) { try ChatTemplate("{{completion") }
        #expect(throws: TemplateProblem.self) { try ChatTemplate("{{answer}}") }
        #expect(throws: TemplateProblem.self) { try ScoreReader("[0-9]+", range: 0...1) }
        #expect(throws: TemplateProblem.self) { try ScoreReader("([0-9]+", range: 0...1) }
    }

    @Test("A score by pointer, a score outside of its range, and none")
    func scores() throws {
        let pointer = try ScoreReader("/score", range: 0...5)
        #expect(try pointer.score(#"{"score": 2.5}"#) == 0.5)
        #expect(try pointer.score(#"{"score": "5"}"#) == 1)
        #expect(throws: TryFailure.self) { try pointer.score(#"{"score": 6}"#) }
        #expect(throws: TryFailure.self) { try pointer.score("5") }
        let pattern = try ScoreReader(#"(\d+)/10"#, range: 0...10)
        #expect(try pattern.score("I say 8/10.") == 0.8)
        #expect(throws: TryFailure.self) { try pattern.score("none") }
    }

    @Test(
        "A pattern that some text could keep busy for ever is refused",
        arguments: ["(a+)+b(1)", "(?:a|aa)*(1)", #"(a)\1"#, "(a*b*c*)", "(?=a)(1)", "([0-9]){2,}"]
    )
    func slow(_ pattern: String) {
        #expect(throws: TemplateProblem.self) { try ScoreReader(pattern, range: 0...1) }
    }

    @Test("The usual patterns are taken, and the end of a long answer is what counts")
    func usual() throws {
        let reader = try ScoreReader(#"(?i)score:\s*([0-9.]+)"#, range: 0...10)
        #expect(try reader.score(String(repeating: "a ", count: 100_000) + "Score:  5") == 0.5)
        #expect(try ScoreReader(#"\[\[([+*0-9]+)\]\]"#, range: 0...10).score("[[7]]") == 0.7)
    }
}

@Suite("What a header's value names")
struct HeaderValueTests {
    @Test("Variables and files are put in, and what is missing is named, not shown")
    func values() throws {
        let file = NSTemporaryDirectory() + "judge-key-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "from-a-file\n".write(toFile: file, atomically: true, encoding: .utf8)
        let environment = ["KEY": "abc"]
        #expect(try HeaderValue.resolve("Bearer ${KEY}", environment: environment) == "Bearer abc")
        #expect(try HeaderValue.resolve("${file:\(file)}", environment: [:]) == "from-a-file")
        let missing = #expect(throws: HeaderProblem.self) { try HeaderValue.resolve("${NO}", environment: environment) }
        #expect(missing?.description.contains("NO") == true)
        #expect(throws: HeaderProblem.self) { try HeaderValue.resolve("${KEY", environment: environment) }
        #expect(throws: HeaderProblem.self) { try HeaderValue.resolve("${KEY}", environment: ["KEY": "a\r\nb: c"]) }
    }
}
