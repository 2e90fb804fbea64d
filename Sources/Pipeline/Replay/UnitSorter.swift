import DashStream
import Files
import Foundation
import JSON
import Reinforce

/// The messages of a log, put away to come back thread by thread, those of a thread in the order of the log.
final class UnitSorter {
    private let sorter: ExternalSorter
    private let lock = NSLock()

    init(memory: Int) { sorter = ExternalSorter(limit: memory) }

    /// A message on its way: where it belongs, and what it is.
    struct Piece {
        let key: [UInt8]
        let value: [UInt8]
    }

    /// A message as it is put away.
    ///
    /// - Parameter number: of its record within the partition, ascending.
    static func piece(
        _ unit: borrowing DashStream.Unit,
        index: Int,
        at position: RecordPosition,
        streamTime: Int64,
        traceparent: RawSpan?,
        number: Int
    ) -> Piece {
        var key = SortKey()
        key.append([UInt8](unit.header.tenantID))
        key.append([UInt8](unit.header.threadID))
        key.append(Int(position.topic))
        key.append(Int(position.partition))
        key.append(number)
        key.append(index)
        var value: [UInt8] = []
        value.reserveCapacity(48 + unit.body.byteCount)
        value.append(little: UInt64(UInt32(bitPattern: position.topic)), 4)
        value.append(little: UInt64(UInt32(bitPattern: position.partition)), 4)
        value.append(little: UInt64(bitPattern: position.offset), 8)
        value.append(little: UInt64(bitPattern: position.timestamp), 8)
        value.append(little: UInt64(bitPattern: streamTime), 8)
        value.append(little: UInt64(index), 4)
        value.append(little: UInt64(unit.kind.rawValue), 1)
        value.append(little: UInt64(traceparent?.byteCount ?? 0xFFFF_FFFF), 4)
        if let traceparent { value.append(traceparent) }
        value.append(unit.body)
        return Piece(key: key.bytes, value: value)
    }

    /// Adds messages; several threads may do so at the same time.
    func add(_ pieces: [Piece]) throws(OutputError) {
        lock.lock()
        defer { lock.unlock() }
        for piece in pieces { try sorter.add(key: piece.key, value: piece.value) }
    }

    /// Bytes of a key behind tenant and thread: topic, partition, number and index.
    private static let tail = 32

    /// Assembles every thread and hands it over with what came after its end.
    ///
    /// - Parameter stage: has all the rules; its counts are those of all threads afterwards.
    func forEachThread(
        _ stage: inout ThreadStage,
        _ body: (_ pieces: [FinishedThread], _ duplicates: Int, _ late: Int, inout StageCounters) throws -> Void
    ) throws {
        var state = State()
        try sorter.forEach { key, value in
            let thread = key.prefix(key.count - Self.tail)
            let place = key.prefix(key.count - Self.tail / 2)
            if !place.elementsEqual(state.place) {
                state.endPartition(&stage)
                if !thread.elementsEqual(state.place.prefix(max(0, state.place.count - Self.tail / 2))) {
                    try state.endThread(&stage, body)
                }
                state.place = Array(place)
            }
            Self.receive(Array(value), &stage)
        }
        state.endPartition(&stage)
        try state.endThread(&stage, body)
    }

    /// What was gathered of the thread at hand.
    private struct State {
        var place: [UInt8] = []
        private var pieces: [FinishedThread] = []
        private var duplicates = 0
        private var late = 0

        mutating func endPartition(_ stage: inout ThreadStage) {
            stage.close()
            pieces += stage.takeFinished()
            let after = stage.forget()
            duplicates += after.duplicates
            late += after.late
        }

        mutating func endThread(
            _ stage: inout ThreadStage,
            _ body: ([FinishedThread], Int, Int, inout StageCounters) throws -> Void
        ) throws {
            defer {
                pieces = []
                duplicates = 0
                late = 0
            }
            guard !pieces.isEmpty else { return }
            try stage.count { counters throws in try body(pieces, duplicates, late, &counters) }
        }
    }

    private static func receive(_ value: [UInt8], _ stage: inout ThreadStage) {
        let all = unsafe value.span.bytes
        var reader = LittleEndianReader(all)
        guard let topic = reader.integer(4), let partition = reader.integer(4), let offset = reader.integer(8),
            let timestamp = reader.integer(8), let streamTime = reader.integer(8), let index = reader.integer(4),
            let kind = reader.integer(1).flatMap({ MessageKind(rawValue: UInt8($0)) }), let count = reader.integer(4)
        else { return }
        let position = RecordPosition(
            partition: Int32(truncatingIfNeeded: partition),
            offset: Int64(bitPattern: offset),
            timestamp: Int64(bitPattern: timestamp),
            topic: Int32(truncatingIfNeeded: topic)
        )
        let time = Int64(bitPattern: streamTime)
        if count == 0xFFFF_FFFF {
            let body = all.extracting(reader.offset..<all.byteCount)
            let unit = DashStream.Unit(kind, validated: body)
            stage.receive(unit, index: Int(index), at: position, streamTime: time, traceparent: nil)
        } else if let parent = reader.bytes(Int(count)) {
            let unit = DashStream.Unit(kind, validated: all.extracting(reader.offset..<all.byteCount))
            stage.receive(unit, index: Int(index), at: position, streamTime: time, traceparent: parent)
        }
    }
}
