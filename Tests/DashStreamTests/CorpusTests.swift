import DashStream
import JSON
import TestSupport
import Testing

/// Every kind of message that the original writes, and every way a payload can be broken.
@Suite struct CorpusTests {
    @Test func everyMessageOfTheCorpusIsReadFieldByField() throws {
        let names = try Fixture.names(in: "golden/corpus", ending: ".bin")
        #expect(names.count == 122)
        var decoder = FrameDecoder()
        for name in names {
            let payload = try Fixture.bytes("golden/corpus/\(name)")
            let expected = try Fixture.json("golden/corpus/\(name.dropLast(4)).json")
            let found = unsafe MessageDump.dump(try decoder.decode(payload.span.bytes))
            #expect(MessageDump.normal(found) == MessageDump.normal(expected["message"] ?? .null), "\(name)")
            #expect(decoder.framing == (expected["framing"]?.text == "zstd" ? .zstd : .raw))
        }
    }

    @Test func everyPoisonHasItsReason() throws {
        let names = try Fixture.names(in: "golden/poison", ending: ".bin")
        #expect(names.count == 20)
        for name in names {
            let payload = try Fixture.bytes("golden/poison/\(name)")
            let expected = try Fixture.json("golden/poison/\(name.dropLast(4)).json")
            #expect(reason(payload) == expected["expected_error_type"]?.text, "\(name)")
        }
    }

    @Test func aTombstoneIsAnIOError() {
        var decoder = FrameDecoder()
        do {
            _ = try decoder.decode(nil)
            Issue.record("a tombstone was read")
        } catch {
            #expect(error.reason == .ioError)
        }
    }

    @Test func aFrameAboveTheLimitIsRefused() {
        var options = FrameOptions()
        options.maxFrameBytes = 10 << 20
        #expect(reason([0] + [UInt8](repeating: 0x0A, count: 11 << 20), options) == "invalid_format")
    }

    @Test func unframedMessagesAreReadOnlyWhenAsked() throws {
        var options = FrameOptions()
        options.legacyFrames = true
        for name in ["legacy_unframed_protobuf", "legacy_unframed_zstd"] {
            let payload = try Fixture.bytes("golden/poison/\(name).bin")
            #expect(reason(payload) == "invalid_format")
            #expect(reason(payload, options) == nil)
        }
    }

    @Test func schemaPoliciesDecideWhichVersionsAreRead() throws {
        let newer = try Fixture.bytes("golden/poison/schema_version_2.bin")
        var options = FrameOptions()
        for (policy, expected) in [(SchemaPolicy.exact, "schema_error"), (.backward, "schema_error"), (.forward, nil)] {
            options.schema = policy
            #expect(reason(newer, options) == expected)
        }
        let unversioned = try Fixture.bytes("golden/corpus/schema_version_zero_is_v1.raw.bin")
        for policy in [SchemaPolicy.exact, .backward, .forward] {
            options.schema = policy
            #expect(reason(unversioned, options) == nil)
        }
    }

    private func reason(_ payload: [UInt8], _ options: FrameOptions = FrameOptions()) -> String? {
        var decoder = FrameDecoder(options)
        do {
            _ = try unsafe decoder.decode(payload.span.bytes)
            return nil
        } catch {
            return error.reason.rawValue
        }
    }
}

extension MessageDump {
    /// Numbers of one kind, and messages without fields as if they were absent: a view cannot tell those.
    static func normal(_ value: JSONValue) -> JSONValue {
        switch value {
        case .integer(let number): return .double(Double(number))
        case .array(let list): return .array(list.map(normal))
        case .object(let object):
            let absent: Set<Text> = ["stats", "compression_info"]
            return .object(
                JSONObject(
                    object.entries.filter { !absent.contains($0.key) || $0.value != .object(JSONObject()) }
                        .map { ($0.key, float32.contains($0.key) ? normalFloats($0.value) : normal($0.value)) }
                )
            )
        default: return value
        }
    }

    private static var float32: Set<Text> { ["logprobs", "compression_ratio"] }

    /// Libraries print 32-bit floats in different numbers of digits: what counts is which float they are.
    private static func normalFloats(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let list): .array(list.map(normalFloats))
        case .integer(let number): .double(Double(Float(number)))
        case .double(let number): .double(Double(Float(number)))
        default: value
        }
    }
}
