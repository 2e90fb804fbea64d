import TestSupport
import Testing

@testable import DashStream

/// What a view finds in its one walk, against a walk for each field.
@Suite struct ViewTests {
    /// Fields in any order, some several times, some of no meaning, some in another wire type than they should have.
    private static func message(_ random: inout SeededNumbers, _ numbers: ClosedRange<Int>, _ depth: Int = 0)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        for _ in 0..<random.below(12) {
            let number = UInt64(numbers.lowerBound + random.below(numbers.count))
            let wireType = random.pick([0, 0, 1, 2, 2, 2, 5] as [UInt64])
            bytes.appendVarint(number << 3 | wireType)
            switch wireType {
            case 0: bytes.appendVarint(random.next() >> UInt64(random.below(64)))
            case 1: bytes += (0..<8).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            case 5: bytes += (0..<4).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            default:
                let isText = depth >= 3
                let inner = isText ? Array(repeating: 7, count: random.below(20)) : message(&random, 1...8, depth + 1)
                bytes.appendVarint(UInt64(inner.count))
                bytes += inner
            }
        }
        return bytes
    }

    @Test func aMapEntryIsReadAsFieldByField() {
        var random = SeededNumbers(seed: 1)
        for _ in 0..<2000 {
            let bytes = Self.message(&random, 1...4)
            let span = unsafe bytes.span.bytes
            let entry = MapEntry(span)
            #expect(text(entry.name) == text(span.bytes(1)))
            #expect(text(entry.value) == text(span.bytes(2)))
        }
    }

    @Test func anEventIsReadAsFieldByField() {
        var random = SeededNumbers(seed: 2)
        for _ in 0..<2000 {
            let bytes = Self.message(&random, 1...8)
            let span = unsafe bytes.span.bytes
            let event = EventView(validated: span)
            #expect(event.eventType == Int32(wire: span.varint(2)))
            #expect(event.durationMicroseconds == Int64(bitPattern: span.varint(5)))
            #expect(text(event.nodeID) == text(span.bytes(3)))
            #expect(text(event.llmRequestID) == text(span.bytes(6)))
        }
    }

    @Test func aDiffAndItsOperationsAreReadAsFieldByField() {
        var random = SeededNumbers(seed: 3)
        for _ in 0..<2000 {
            let bytes = Self.message(&random, 1...7)
            let span = unsafe bytes.span.bytes
            let diff = StateDiffView(validated: span)
            #expect(text(diff.baseCheckpointID) == text(span.bytes(2)))
            #expect(text(diff.stateHash) == text(span.bytes(4)))
            #expect(text(diff.fullState) == text(span.bytes(5)))
            let operation = DiffOperationView(validated: span)
            #expect(operation.op == Int32(wire: span.varint(1)))
            #expect(text(operation.path) == text(span.bytes(2)))
            #expect(text(operation.value) == text(span.bytes(3)))
            #expect(text(operation.from) == text(span.bytes(4)))
            #expect(operation.encoding == Int32(wire: span.varint(5)))
        }
    }

    @Test func anAttributeIsTheLastKindThatIsSet() {
        var random = SeededNumbers(seed: 4)
        for _ in 0..<5000 {
            let bytes = Self.message(&random, 1...9)
            let span = unsafe bytes.span.bytes
            let value = AttributeView(span)
            let kind = Self.lastKind(span)
            #expect(value.kind == kind)
            #expect(text(value.string) == (kind == 1 ? text(span.bytes(1)) : nil))
            #expect(value.integer == (kind == 2 ? Int64(bitPattern: span.varint(2)) : nil))
            #expect(value.float?.bitPattern == (kind == 3 ? span.optionalFixed64(3) : nil))
            #expect(value.boolean == (kind == 4 ? span.varint(4) != 0 : nil))
            #expect(text(value.bytes) == (kind == 5 ? text(span.bytes(5)) : nil))
            var elements = 0
            value.forEachElement { _ in elements += 1 }
            value.forEachEntry { _, _ in elements += 1 }
            #expect(elements == (kind < 6 ? 0 : Self.count(span.bytes(kind), 1)))
        }
    }

    /// The field of the oneof that comes last, 0 where none does.
    private static func lastKind(_ span: RawSpan) -> UInt32 {
        var reader = WireReader(span)
        var kind: UInt32 = 0
        while let tag = reader.tag() {
            if tag >> 3 <= 7, WireType.attributeValue.matches(tag) { kind = tag >> 3 }
            guard reader.skip(tag, depth: 0) else { break }
        }
        return kind
    }

    private static func count(_ span: RawSpan, _ field: UInt32) -> Int {
        var cursor = FieldCursor(span, field)
        var count = 0
        while cursor.next() != nil { count += 1 }
        return count
    }

    private func text(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}
