import DashStream
import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Files
@testable import Inspection
@testable import Pipeline
@testable import Reinforce
@testable import StoredBatches
@testable import Terminal
@testable import Verification

/// What tools write, of any numbers: nothing traps, nothing is endless, and JSON stays JSON. The same inputs for the same
/// seed; `DASH_FUZZ=1000000` tries as many (`scripts/fuzz`).
@Suite struct ToolFuzzTests {
    private static let inputs = ProcessInfo.processInfo.environment["DASH_FUZZ"].flatMap { Int($0) } ?? 20_000

    @Test func reportsOfAnyNumbers() throws {
        var random = SeededNumbers(seed: 4711)
        for number in 0..<Self.inputs {
            switch number % 10 {
            case 0, 1: try thread(&random)
            case 2: plots(&random)
            case 3: try batch(&random)
            case 4: try verification(&random)
            case 5: try deadLetter(&random)
            case 6: checkpoint(&random)
            case 7: try numbers(&random)
            case 8: try patch(&random)
            default: summary(&random)
            }
        }
    }

    /// Whole tools on recordings whose times, sequences, offsets and bytes are anything.
    @Test func toolsOnAnyRecording() throws {
        var random = SeededNumbers(seed: 31)
        let folder = try TemporaryFolder()
        let line = #"{"example_id":"e","data":{"question":"q","answer":0.0},"input_keys":["question"]}"#
        let (examples, _) = ExampleTable.read(lines: Array(line.utf8))
        for number in 0..<max(40, Self.inputs / 500) {
            let path = folder.file("\(number)")
            var bytes = recording(&random).bytes
            if number % 4 == 3 {
                for _ in 0..<3 { bytes[8 + random.below(bytes.count - 8)] = UInt8(truncatingIfNeeded: random.next()) }
            }
            try Data(bytes).write(to: URL(filePath: path))
            var options = ReplayOptions(input: path, examples: examples, estimator: .dashflow)
            options.asOf = number % 3 == 0 ? random.time() : nil
            options.groups.minUsable = 1
            options.output = folder.file("b")
            options.ledger = folder.file("l")
            options.deadLetters = folder.file("d")
            options.memoryBudget = number % 5 == 0 ? 1 << 12 : 1 << 30
            do {
                let result = try Replay(options).run()
                #expect(result.summary.imbalance == nil)
                for report in try ThreadInspection(.recording(path), options).run("t0") {
                    _ = report.text(TextStyle(colours: false))
                    #expect(throws: Never.self) { try JSONValue(parsing: report.json) }
                }
                for report in try GroupInspection(options).groups("g") ?? [] {
                    _ = report.text(TextStyle(colours: true))
                    #expect(throws: Never.self) { try JSONValue(parsing: report.json) }
                }
                var other = options
                other.estimator = Estimator.presets[number % Estimator.presets.count]
                let names = ComparisonReport.Pair(a: "a", b: "b")
                if let report = try Comparison(options, other).run() {
                    _ = report.text(names)
                    #expect(report.html(names).hasSuffix("</html>\n"))
                    #expect(throws: Never.self) { try JSONValue(parsing: report.json(names)) }
                }
                let proof = try Verification(options, batches: .file(folder.file("b")), settings: .init()).run()
                // what a recording gave it gives again
                #expect(proof?.isProven == true, "\(number)")
            } catch let error as InputError where number % 4 == 3 {
                // a damaged recording may be refused, in words
                #expect("\(error)".contains("is damaged") || "\(error)".contains("is cut"), "\(number)")
            }
            try FileManager.default.removeItem(atPath: path)
        }
    }

    // MARK: - One input each

    private func thread(_ random: inout SeededNumbers) throws {
        var entries: [TimelineEntry] = []
        for _ in 0..<3 {
            entries.append(
                TimelineEntry(
                    position: random.position(),
                    index: random.below(3),
                    messageID: "00",
                    sequence: random.next() >> (random.next() % 64),
                    eventTime: random.time(),
                    kind: "event",
                    node: "n",
                    standing: random.pick([.main, .auxiliary, .late]),
                    details: [("x", "1")],
                    missingBefore: random.next() >> (random.next() % 64)
                )
            )
        }
        let report = ThreadReport(
            key: ThreadKey(tenant: "t", thread: "x"),
            entries: entries,
            finalState: nil,
            ledger: nil,
            records: random.below(9),
            topic: "t",
            isScored: false
        )
        #expect(report.text(TextStyle(colours: false)).contains("Z"))
        _ = try JSONValue(parsing: report.json)
    }

    private func plots(_ random: inout SeededNumbers) {
        var members: [ComparisonReport.Member] = []
        for slot in 0..<random.below(6) {
            let sides = (0..<2).map { _ in
                ComparisonSide.Thread(
                    group: nil,
                    slot: slot,
                    fate: .trained,
                    reason: nil,
                    reward: random.double(),
                    advantage: random.double()
                )
            }
            let calls = ComparisonReport.Pair(a: TrainableCalls(), b: TrainableCalls())
            members.append(.init(ThreadKey(tenant: "t", thread: "x"), sides[0], sides[1], calls))
        }
        let group = ComparisonReport.Group(GroupKey(tenant: "t", group: "g"), nil, nil, members)
        _ = (group.change, group.isSame, group.rankCorrelation)
        #expect(PlotSVG.scatter(members).hasSuffix("</svg>"))
        #expect(PlotSVG.histogram(members.compactMap(\.reward.a), members.compactMap(\.reward.b)).hasSuffix("</svg>"))
        let trained = (random.below(3), random.below(3), random.below(3))
        #expect(PlotSVG.shares((both: trained.0, onlyA: trained.1, onlyB: trained.2)).hasSuffix("</svg>"))
    }

    private func batch(_ random: inout SeededNumbers) throws {
        guard let batch = try? StoredBatch(json(&random), "line 1") else { return }
        let report = BatchReport(batch)
        _ = report.text(TextStyle(colours: false))
        _ = try JSONValue(parsing: report.json)
    }

    /// Several batches of one group, revisions of any number.
    private func verification(_ random: inout SeededNumbers) throws {
        let options = ReplayOptions(input: "", examples: ExampleTable(), estimator: .dashflow)
        var check = BatchCheck(options, RecomputedGroups(), isBounded: false)
        for line in 0..<3 { check.receive(json(&random), "line \(line)") }
        let report = check.finish()
        _ = report.text()
        _ = try JSONValue(parsing: report.json)
    }

    /// A batch whose numbers are anything.
    private func json(_ random: inout SeededNumbers) -> [UInt8] {
        var text =
            #"{"batch_id":"ab","tenant_id":"t","sequence":\#(random.number()),"created_at_us":\#(random.number()),"#
        text +=
            #""estimator":{"epsilon":\#(random.number())},"groups":[{"group_id":"g","digest":"aa","supersedes":"aa","#
        text += #""revision":\#(random.number()),"rollouts":[{"thread_id":"x","rollout_index":\#(random.number()),"#
        text += #""reward":\#(random.number()),"advantage":\#(random.number()),"votes":true,"samples":[],"rewards":[],"#
        text += #""source":[{"topic":"t","partition":\#(random.number()),"first_offset":\#(random.number())}]}]}]}"#
        return Array(text.utf8)
    }

    private func deadLetter(_ random: inout SeededNumbers) throws {
        let letter = DashStreamDeadLetter(
            poison: Poison(.decodeError, "x"),
            topic: "t",
            partition: Int32(truncatingIfNeeded: random.next()),
            offset: random.time(),
            thread: nil,
            traceparent: "00-\(random.next())-x-y",
            consumer: "c",
            time: random.time()
        )
        let bytes: [UInt8] = [0, 1]
        _ = try unsafe JSONValue(parsing: letter.json(bytes.span.bytes))
        let line =
            #"{"topic":"t","partition":\#(random.number()),"offset":\#(random.number()),"#
            + #""timestamp_ms":\#(random.number()),"stage":"s","reason":"r","key":"k","value_base64":"AAE="}"#
        _ = try DeadLetterRecord(line: Array(line.utf8), "line 1").origin
        _ = hexDump((0..<random.below(40)).map { UInt8($0) }, limit: random.below(50))
    }

    private func checkpoint(_ random: inout SeededNumbers) {
        let offset = Int64((random.next() >> 1) >> (random.next() % 63))
        let checkpoint = Checkpoint(
            position: offset,
            streamTime: random.time(),
            entries: [OpenEntry(first: RestorePlan.First(offset: offset / 2, index: 0), standIn: random.time())],
            memoryLow: offset / 3
        )
        var text = Array(checkpoint.text(group: "g", committed: offset).utf8)
        let report = CheckpointReport(text: String(decoding: text, as: UTF8.self), group: "g", offset: offset)
        #expect(report.problem == nil)
        _ = report.text(TextStyle(colours: false))
        text[random.below(text.count)] = UInt8(truncatingIfNeeded: random.next() & 0x7F)
        _ = CheckpointReport(text: String(decoding: text, as: UTF8.self), group: "g", offset: random.time()).json
    }

    private func numbers(_ random: inout SeededNumbers) throws {
        _ = (clock(random.time()), shortNumber(random.double()), shortNumber(Double(random.time())))
        let (a, b) = (try JSONValue(parsing: random.number()), try JSONValue(parsing: random.number()))
        #expect(a.isNumericallyEqual(to: b) == b.isNumericallyEqual(to: a))
        #expect(a.isNumericallyEqual(to: a))
        // equal by kind and value is equal by value
        if a == b { #expect(a.isNumericallyEqual(to: b)) }
        #expect(try JSONValue(parsing: a.exactBytes) == a)
        #expect(Int(saturating: random.double()) <= .max)
    }

    private func patch(_ random: inout SeededNumbers) throws {
        var value = try JSONValue(parsing: #"{"a":[\#(random.number()),{"b":\#(random.number())}]}"#)
        let path = random.pick(["/a/0", "/a/1/b", "/a/-", "/a/18446744073709551616", "/a/01", ""])
        let op = random.pick(["add", "remove", "replace", "test", "copy", "move"])
        let text = #"[{"op":"\#(op)","path":"\#(path)","from":"/a","value":\#(random.number())}]"#
        try? JSONPatch(JSONValue(parsing: text)).apply(to: &value)
        let exact = value.exactBytes
        for form in [ExponentForm.unsigned, .signed] {
            var (hashed, written): ([UInt8], [UInt8]) = ([], [])
            unsafe appendHashedForm(of: exact.span.bytes, form, to: &hashed)
            value.writeCanonical(to: &written, exponents: form)
            #expect(hashed == written)
        }
    }

    private func summary(_ random: inout SeededNumbers) {
        var summary = ReplaySummary()
        summary.seconds = random.double()
        summary.stage.records = random.below(1 << 40)
        _ = (summary.text, summary.json)
        let values = (0..<random.below(5)).map { _ in random.double() }
        _ = spearman(values, values.reversed())
    }

    /// A thread or two with extreme numbers.
    private func recording(_ random: inout SeededNumbers) -> Recording {
        var recording = Recording()
        for thread in 0..<2 {
            for sequence in 1...5 {
                let header = OutgoingHeader(
                    messageID: (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) },
                    timestampMicroseconds: random.time(),
                    tenantID: "t",
                    threadID: "t\(thread)",
                    sequence: random.chance(80) ? UInt64(sequence) : random.next() >> (random.next() % 64)
                )
                let message: OutgoingMessage =
                    switch sequence {
                    case 1: .event(header, type: 1, attributes: start(thread, &random))
                    case 2: .event(header, type: 10, node: "n")
                    case 3:
                        .stateDiff(
                            header,
                            operations: [.init(op: 0, path: "/answer", value: Array(random.number().utf8))],
                            hash: []
                        )
                    case 4: .event(header, type: 11, node: "n", duration: random.time())
                    default: .event(header, type: 2, attributes: [("rl.reward.match", .float(random.double()))])
                    }
                let key = Array("t\(thread)".utf8)
                recording.append(key: key, payload: FrameEncoder().encode(message), timestamp: random.time())
            }
        }
        if random.chance(30) {
            let last = recording.records.count - 1
            recording.records[last].offset = UInt64(bitPattern: random.time()) >> 1
        }
        return recording
    }

    private func start(_ thread: Int, _ random: inout SeededNumbers) -> [(String, OutgoingAttribute)] {
        [
            ("initial_state_json", .string(#"{"answer":\#(random.number())}"#)), ("example_id", .string("e")),
            ("group_id", .string("g")), ("rollout_index", .integer(Int64(thread))), ("group_size", .integer(2)),
            ("policy_version", .integer(random.chance(90) ? 1 : random.time())),
        ]
    }
}

extension SeededNumbers {
    /// Any 64 bits, the ends of them more often, and usual times.
    fileprivate mutating func time() -> Int64 {
        switch below(6) {
        case 0: pick([.min, .min + 1, -1, 0, 1, .max - 1, .max])
        case 1: Int64(bitPattern: next()) >> (next() % 64)
        case 2: (chance(50) ? .max : .min) / Int64(1 + below(2000))
        default: 1_763_683_200_000 + Int64(below(100_000))
        }
    }

    /// Any finite double, small and large ones more often.
    fileprivate mutating func double() -> Double {
        switch below(5) {
        case 0:
            pick([
                0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
                -.greatestFiniteMagnitude, 1, -1,
            ])
        case 1: Double(below(9)) / 8
        case 2: Double(bitPattern: next() & ~(1 << 62))
        default: anyFinite()
        }
    }

    private mutating func anyFinite() -> Double {
        let value = Double(bitPattern: next())
        return value.isFinite ? value : 0.5
    }

    /// A number as JSON has it.
    fileprivate mutating func number() -> String {
        switch below(4) {
        case 0: String(time())
        case 1: JSONValue.double(double()).canonicalText
        case 2: String(next()) + String(next() % 1_000_000)
        default: pick(["0", "-0", "1", "1.0", "1e0", "18446744073709551616", "1.8446744073709552e19", "0.0", "-0.0"])
        }
    }

    fileprivate mutating func position() -> RecordPosition {
        RecordPosition(partition: Int32(truncatingIfNeeded: next()), offset: time(), timestamp: time())
    }
}
