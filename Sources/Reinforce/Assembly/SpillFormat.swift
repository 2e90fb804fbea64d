/// The bytes of a spilled thread: one generation a spill, each with the thread's state then and the messages since the
/// one before.
enum SpillFormat { static let current: UInt8 = 1 }

extension OpenThread {
    private struct Marks: OptionSet {
        let rawValue: UInt64
        static let nodeError = Marks(rawValue: 1)
        static let main = Marks(rawValue: 2)
        static let traceparent = Marks(rawValue: 4)
    }

    /// Appends what the thread has gained since its last spill. `payload`: its bytes.
    func appendGeneration(_ payload: [UInt8], to bytes: inout [UInt8]) {
        let span = unsafe payload.span.bytes
        let keyEnd = Int(tenantCount + threadCount)
        bytes.appendCounted(span.extracting(0..<Int(tenantCount)))
        bytes.appendCounted(span.extracting(Int(tenantCount)..<keyEnd))
        var marks: Marks = []
        if hasNodeError { marks.insert(.nodeError) }
        if hasMain { marks.insert(.main) }
        if hasTraceparent { marks.insert(.traceparent) }
        let numbers: [UInt64] = [
            // what never changes
            UInt64(keySum), UInt64(bitPattern: Int64(partition)), UInt64(bitPattern: firstTimestamp),
            // the state
            marks.rawValue, UInt64(bitPattern: lastOffset), UInt64(bitPattern: lastTimestamp), UInt64(duplicates),
            contiguous, start, floor, terminator, UInt64(bitPattern: terminatorTimestamp),
            UInt64(bitPattern: terminatorOffset),
        ]
        for number in numbers { bytes.appendVarint(number) }
        let gained = entries[spill.entries...]
        bytes.appendVarint(UInt64(gained.count))
        for entry in gained { bytes.appendVarint(UInt64(entry.flags.rawValue >> 28)) }
        bytes.appendCounted(span.extracting(max(keyEnd, spill.bytes)..<span.byteCount))
    }

    /// Takes the state that ``appendGeneration(_:to:)`` has written.
    mutating func readState(_ reader: inout StoredReader) -> Bool {
        var numbers: [UInt64] = []
        for _ in 0..<10 {
            guard let number = reader.varint() else { return false }
            numbers.append(number)
        }
        guard let count = UInt32(exactly: numbers[3]) else { return false }
        let marks = Marks(rawValue: numbers[0])
        hasNodeError = marks.contains(.nodeError)
        hasMain = marks.contains(.main)
        hasTraceparent = marks.contains(.traceparent)
        lastOffset = Int64(bitPattern: numbers[1])
        lastTimestamp = Int64(bitPattern: numbers[2])
        duplicates = count
        contiguous = numbers[4]
        start = numbers[5]
        floor = numbers[6]
        terminator = numbers[7]
        terminatorTimestamp = Int64(bitPattern: numbers[8])
        terminatorOffset = Int64(bitPattern: numbers[9])
        return true
    }
}
