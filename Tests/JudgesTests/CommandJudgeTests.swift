import Foundation
import Synchronization
import Testing

@testable import Judges

/// Runs a small Python program as a judge.
private final class Bench: Sendable {
    let judge: Judge
    private let events: Events

    final class Events: Sendable {
        let all = Mutex<[Judge.Event]>([])
    }

    init(_ program: String, workers: Int = 1, _ change: (inout RetryPolicy) -> Void = { _ in }) {
        let events = Events()
        self.events = events
        var policy = RetryPolicy()
        policy.firstPause = 1
        policy.longestPause = 20
        policy.timeout = 20_000
        change(&policy)
        let head = "import json,sys,os,time\ndef say(x): print(json.dumps(x)); sys.stdout.flush()\n"
        judge = Judge(command: ["python3", "-c", head + program], workers: workers, policy) { event in
            events.all.withLock { $0.append(event) }
        }
    }

    var seen: [Judge.Event] { events.all.withLock { $0 } }

    func count(_ kind: TryFailure.Kind) -> Int {
        seen.count { if case .failed(let failure) = $0 { failure.kind == kind } else { false } }
    }

    func ask(_ number: Int) async -> JudgeAnswer {
        await withCheckedContinuation { continuation in
            let body = Array(#"{"number":\#(number)}"#.utf8)
            judge.ask(JudgeRequest(body: body, idempotencyKey: "\(number)")) { continuation.resume(returning: $0) }
        }
    }

    func askAll(_ count: Int) async -> [JudgeAnswer] {
        await withTaskGroup(of: (Int, JudgeAnswer).self) { group in
            for number in 0..<count { group.addTask { (number, await self.ask(number)) } }
            var all: [Int: JudgeAnswer] = [:]
            for await (number, answer) in group { all[number] = answer }
            return (0..<count).compactMap { all[$0] }
        }
    }

    func close() { judge.close() }
}

@Suite("A judge that is a program")
struct CommandJudgeTests {
    private static let echo = "for line in sys.stdin:\n q=json.loads(line); "

    @Test("Every question has its own answer, from several children")
    func echo() async {
        let bench = Bench(Self.echo + #"say({"id":q["id"],"reward":q["number"],"explanation":"as asked"})"#, workers: 2)
        defer { bench.close() }
        let answers = await bench.askAll(60)
        #expect(answers.map(\.value) == (0..<60).map { Double($0) })
        #expect(answers.allSatisfy { $0.status == .ok && $0.explanation == "as asked" })
    }

    @Test("Answers may come in any order, twice, and to nobody")
    func disorder() async {
        let program = """
            waiting = []
            for line in sys.stdin:
              waiting.append(json.loads(line))
              if len(waiting) < 10: continue
              for q in reversed(waiting):
                say({"id": "nobody", "reward": 9}); say({"id": q["id"], "reward": q["number"]})
                say({"id": q["id"], "reward": -1})
              waiting = []
            """
        let bench = Bench(program)
        defer { bench.close() }
        let answers = await bench.askAll(10)
        #expect(answers.map(\.value) == (0..<10).map { Double($0) })
        // the last two strays may still be on their way
        #expect(bench.seen.count { $0 == .stray } >= 18)
    }

    @Test("A child that dies is started again, and its questions are asked again")
    func dying() async {
        let program = """
            n = 0
            for line in sys.stdin:
              q = json.loads(line); n += 1
              if n == 4: os._exit(3)
              say({"id": q["id"], "reward": q["number"]})
            """
        let bench = Bench(program) { $0.retries = 100 }
        defer { bench.close() }
        let answers = await bench.askAll(12)
        #expect(answers.map(\.value) == (0..<12).map { Double($0) })
        #expect(bench.count(.ended) >= 1)
    }

    @Test("A child that hangs is ended at the question's deadline, and the question is asked again")
    func hanging() async {
        let flag = NSTemporaryDirectory() + "judge-hang-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: flag) }
        let program = """
            for line in sys.stdin:
              q = json.loads(line)
              if not os.path.exists("\(flag)"):
                open("\(flag)", "w").close(); time.sleep(1000)
              say({"id": q["id"], "reward": 1})
            """
        // on a busy machine a child may be too slow to begin, and is ended as one that hangs
        let bench = Bench(program) {
            $0.timeout = 3000
            $0.retries = 100
        }
        defer { bench.close() }
        let answer = await bench.ask(1)
        #expect(answer.value == 1)
        #expect(bench.count(.timeout) >= 1)
    }

    @Test("One that always hangs is a time-out after its tries, and says so")
    func alwaysHanging() async {
        let bench = Bench("time.sleep(1000)") {
            $0.timeout = 150
            $0.retries = 2
        }
        defer { bench.close() }
        let answer = await bench.ask(1)
        #expect(answer.status == .timeout)
        #expect(answer.value == nil)
        #expect(answer.explanation?.contains("150 ms") == true)
        #expect(bench.count(.timeout) == 3)
    }

    @Test("Garbage is counted, tried again, and an error in the end")
    func garbage() async {
        let bench = Bench(Self.echo + #"print("not json"); say({"id":q["id"],"reward":"high"})"#) { $0.retries = 2 }
        defer { bench.close() }
        let answer = await bench.ask(1)
        #expect(answer.status == .error)
        #expect(answer.explanation?.contains("no number") == true)
        #expect(bench.count(.garbage) == 6)
    }

    @Test("What a judge says of its own failure is an answer: it is not asked again")
    func ownFailure() async {
        let bench = Bench(Self.echo + #"say({"id":q["id"],"reward":None,"status":"error","explanation":"no data"})"#)
        defer { bench.close() }
        let answer = await bench.ask(1)
        #expect(answer.status == .error)
        #expect(answer.explanation == "no data")
        #expect(bench.seen.isEmpty)
    }

    @Test("A program that is not there is an error that names it")
    func missing() async {
        let judge = Judge(command: ["no-such-judge-program"], workers: 1, Self.quick) { _ in }
        defer { judge.close() }
        let answer = await withCheckedContinuation { continuation in
            judge.ask(JudgeRequest(body: Array("{\"a\":1}".utf8), idempotencyKey: "")) {
                continuation.resume(returning: $0)
            }
        }
        #expect(answer.status == .error)
        #expect(answer.explanation?.contains("`no-such-judge-program` cannot be started") == true)
    }

    @Test("Standard error goes to the log, cut and bounded")
    func errors() async {
        let bench = Bench(
            "for n in range(5000): print('x' * 2000, file=sys.stderr)\n" + Self.echo
                + #"say({"id":q["id"],"reward":1})"#
        )
        defer { bench.close() }
        #expect(await bench.ask(1).value == 1)
        let said = bench.seen.compactMap { if case .said(let line) = $0 { line } else { nil } }
        #expect(said.count <= 20)
        #expect(said.allSatisfy { $0.utf8.count <= 500 })
    }

    @Test("Arguments reach the program as they are: no shell reads them")
    func noShell() async {
        let program =
            #"[say({"id":json.loads(l)["id"],"reward":float(sys.argv[1]=="$HOME; `id` *")}) for l in sys.stdin]"#
        let judge = Judge(
            command: [
                "python3", "-c", "import json,sys\ndef say(x): print(json.dumps(x),flush=True)\n" + program,
                "$HOME; `id` *",
            ],
            workers: 1,
            RetryPolicy()
        ) { _ in }
        defer { judge.close() }
        let answer = await withCheckedContinuation { continuation in
            judge.ask(JudgeRequest(body: Array("{\"a\":1}".utf8), idempotencyKey: "")) {
                continuation.resume(returning: $0)
            }
        }
        #expect(answer.value == 1)
    }

    private static var quick: RetryPolicy {
        var policy = RetryPolicy()
        policy.firstPause = 1
        policy.longestPause = 2
        policy.retries = 1
        return policy
    }
}
