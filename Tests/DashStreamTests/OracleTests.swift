import DashStream
import Foundation
import JSON
import TestSupport
import Testing

/// The wire reader against an independent protobuf library: accept or refuse alike, the same fields.
@Suite struct OracleTests {
    private static let file = ProcessInfo.processInfo.environment["DASH_ORACLE"]

    @Test(.enabled(if: file != nil, "run scripts/oracle, which makes the messages"))
    func everyMessageIsReadAsTheOracleReadsIt() throws {
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: Self.file ?? "")))
        var at = 0
        func take(_ count: Int) -> ArraySlice<UInt8> {
            defer { at += count }
            return bytes[at..<at + count]
        }
        func length() -> Int { take(4).reversed().reduce(0) { $0 << 8 | Int($1) } }
        var decoder = FrameDecoder()
        var compared = 0
        var accepted = 0
        var wrong = 0
        while at < bytes.count, wrong < 10 {
            let message = Array(take(length()))
            let verdict = take(1).first ?? 0
            let isGood = verdict > 0
            let json = Array(take(length()))
            compared += 1
            do throws(Poison) {
                let found = unsafe MessageDump.normal(MessageDump.dump(try decoder.decode(([0] + message).span.bytes)))
                accepted += 1
                if verdict == 2 { continue }
                guard isGood, let expected = try? JSONValue(parsing: json), found == MessageDump.normal(expected) else {
                    wrong += 1
                    let expected = isGood ? String(decoding: json, as: UTF8.self) : "refused by the oracle"
                    Issue.record("message \(compared): \(found.canonicalText) for \(expected)")
                    continue
                }
            } catch {
                guard isGood else { continue }
                wrong += 1
                Issue.record("message \(compared): refused (\(error)), but the oracle reads it")
            }
        }
        #expect(compared > 0)
        #expect(accepted > compared / 10)
    }
}
