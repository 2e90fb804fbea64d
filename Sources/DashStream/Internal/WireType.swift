/// The message types that travel, and map entries, by number.
enum WireType: UInt8 {
    case message, header, event, eventBatch, stateDiff, diffOperation, tokenChunk, tokenStats, toolExecution, checkpoint
    case compressionInfo, metrics, metricValue, error, attributeValue, attributeArray, attributeMap, executionTrace
    case nodeRecord, errorRecord, attributeEntry, textEntry, bytesEntry, metricEntry

    /// The kinds of fields 1 to 15, four bits each: 1 varint, 2 eight bytes, 3 four bytes, 4 bytes, 5 string, 6 repeated
    /// message, 7 varints (packed or not), 8 four bytes each (packed or not), 9 single message; 0: no such field.
    @inline(__always)
    var kinds: UInt64 {
        switch self {
        case .message: 0x99_9999_9990
        case .header: 0x11_4115_5140
        case .event: 0x516_5190
        case .eventBatch: 0x690
        case .stateDiff: 0x44_6490
        case .diffOperation: 0x15_4510
        case .tokenChunk: 0x951_1187_5590
        case .tokenStats: 0x1110
        case .toolExecution: 0x119_5441_5590
        case .checkpoint: 0x6_9545_4490
        case .compressionInfo: 0x3_1110
        case .metrics: 0x66_5590
        case .metricValue: 0x1541_5210
        case .error: 0x5_5165_5590
        case .attributeValue: 0x9941_2150
        case .attributeArray: 0x60
        case .attributeMap: 0x60
        case .executionTrace: 0x6_4551_6116_5590
        case .nodeRecord: 0x6445_5111_1150
        case .errorRecord: 0x515_5550
        case .attributeEntry, .metricEntry: 0x950
        case .textEntry: 0x550
        case .bytesEntry: 0x450
        }
    }

    /// The type of a message field.
    @inline(__always)
    func child(_ field: UInt32) -> WireType {
        switch (self, field) {
        case (.message, 1): .event
        case (.message, 2): .stateDiff
        case (.message, 3): .tokenChunk
        case (.message, 4): .toolExecution
        case (.message, 5): .checkpoint
        case (.message, 6): .metrics
        case (.message, 7): .error
        case (.message, 8): .eventBatch
        case (.message, 9): .executionTrace
        case (.event, 4), (.attributeMap, _): .attributeEntry
        case (.eventBatch, 2): .event
        case (.stateDiff, 3): .diffOperation
        case (.tokenChunk, 10): .tokenStats
        case (.toolExecution, 8): .error
        case (.checkpoint, 7): .compressionInfo
        case (.checkpoint, 8), (.metrics, 5), (.error, 5), (.nodeRecord, 11): .textEntry
        case (.metrics, 4): .metricEntry
        case (.metricEntry, _): .metricValue
        case (.attributeEntry, _), (.attributeArray, _): .attributeValue
        case (.attributeValue, 6): .attributeArray
        case (.attributeValue, 7): .attributeMap
        case (.executionTrace, 4): .nodeRecord
        case (.executionTrace, 7): .errorRecord
        case (.executionTrace, 12): .bytesEntry
        default: .header
        }
    }

    /// The highest field of the type's oneof, whose fields are 1 to it; 0: it has none.
    var oneof: UInt32 {
        switch self {
        case .message: 9
        case .attributeValue: 7
        case .metricValue: 5
        default: 0
        }
    }
}
