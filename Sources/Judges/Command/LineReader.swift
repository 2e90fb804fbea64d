internal import Foundation

/// Reads a pipe line by line; a line that is longer than `longest` is cut.
struct LineReader {
    private let descriptor: Int32
    private let longest: Int
    private var buffer: [UInt8] = []
    private var next = 0
    private var isAtEnd = false

    init(_ descriptor: Int32, longest: Int) {
        self.descriptor = descriptor
        self.longest = longest
    }

    /// The next line without its end; nil: there is none any more. Waits for it.
    mutating func line() -> (bytes: [UInt8], isCut: Bool)? {
        var line: [UInt8] = []
        var isCut = false
        while true {
            let rest = buffer[next...]
            let end = rest.firstIndex(of: 0x0A)
            let part = rest[..<(end ?? rest.endIndex)]
            let room = longest - line.count
            line.append(contentsOf: part.prefix(room))
            if part.count > room { isCut = true }
            if let end {
                next = end + 1
                return (line, isCut)
            }
            guard fill() else { return line.isEmpty ? nil : (line, isCut) }
        }
    }

    private mutating func fill() -> Bool {
        next = 0
        buffer.removeAll(keepingCapacity: true)
        guard !isAtEnd else { return false }
        let room = 64 << 10
        buffer = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, filled in
            var count: Int
            repeat { unsafe count = read(descriptor, target.baseAddress, room) } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        isAtEnd = buffer.isEmpty
        return !isAtEnd
    }
}
