import Foundation

/// A temporary file without a name that holds sorted runs one after another.
@safe
final class RunFile {
    /// Where a run lies.
    struct Run {
        let start: Int64
        let end: Int64
    }

    private var descriptor: Int32 = -1
    private var size: Int64 = 0

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Where temporary files are made: `TMPDIR`, else `/tmp`.
    static var folder: String { FileManager.default.temporaryDirectory.path }

    /// Opens a temporary file that is gone with the process, however it ends.
    static func open() throws(OutputError) -> Int32 {
        var name = Array((folder + "/dash-reinforce-XXXXXX").utf8CString)
        let descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else { throw OutputError(folder, "cannot make a temporary file in \(folder)") }
        unsafe _ = unlink(name)
        return descriptor
    }

    /// Begins a run; one at a time.
    func begin() -> Writer { Writer(self, start: size) }

    /// Gives the space back.
    func removeAll() {
        if descriptor >= 0 { _ = ftruncate(descriptor, 0) }
        size = 0
    }

    fileprivate func write(_ bytes: [UInt8]) throws(OutputError) {
        if descriptor < 0 { descriptor = try RunFile.open() }
        var done = 0
        while done < bytes.count {
            let n = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[done...])
                return unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(size + Int64(done)))
            }
            if n < 0 {
                if errno == EINTR { continue }
                throw OutputError(RunFile.folder, "cannot write a temporary file in \(RunFile.folder)")
            }
            done += n
        }
        size += Int64(bytes.count)
    }

    fileprivate func read(at offset: Int64, _ count: Int) throws(OutputError) -> [UInt8] {
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            var n: Int
            repeat {
                unsafe n = pread(descriptor, target.baseAddress, count, off_t(offset))
            } while n < 0 && errno == EINTR
            filled = max(0, n)
        }
        guard !piece.isEmpty else { throw OutputError(RunFile.folder, "cannot read a temporary file back") }
        return piece
    }

    /// Writes one run.
    struct Writer {
        private let file: RunFile
        private let start: Int64
        private var buffer: [UInt8] = []

        fileprivate init(_ file: RunFile, start: Int64) {
            self.file = file
            self.start = start
        }

        /// Appends a key and the value behind it.
        mutating func append(_ piece: ArraySlice<UInt8>, keyCount: Int) throws(OutputError) {
            buffer.append(little: UInt64(keyCount), 4)
            buffer.append(little: UInt64(piece.count), 4)
            buffer.append(contentsOf: piece)
            guard buffer.count >= 256 << 10 else { return }
            try file.write(buffer)
            buffer.removeAll(keepingCapacity: true)
        }

        mutating func end() throws(OutputError) -> Run {
            try file.write(buffer)
            return Run(start: start, end: file.size)
        }
    }

    /// Reads one run.
    final class Reader {
        private let file: RunFile
        private var next: Int64
        private let end: Int64
        private let room: Int
        private var buffer: [UInt8] = []
        private var at = 0
        private var keyCount = 0
        private var count = 0

        init(_ file: RunFile, _ run: Run, buffer room: Int) {
            self.file = file
            next = run.start
            end = run.end
            self.room = room
        }

        /// The key of the piece it stands at.
        var key: ArraySlice<UInt8> { buffer[at..<at + keyCount] }
        /// Its value.
        var value: ArraySlice<UInt8> { buffer[at + keyCount..<at + count] }

        /// Goes to the next piece; false behind the last one.
        func advance() throws(OutputError) -> Bool {
            at += count
            count = 0
            guard try need(8) else { return false }
            keyCount = number(at)
            count = number(at + 4)
            at += 8
            return try need(count)
        }

        private func number(_ at: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(buffer[at + $1]) << (8 * $1) }
        }

        private func need(_ wanted: Int) throws(OutputError) -> Bool {
            if buffer.count - at >= wanted { return true }
            buffer.removeFirst(at)
            at = 0
            while buffer.count < wanted, next < end {
                let piece = try file.read(at: next, min(max(room, wanted - buffer.count), Int(end - next)))
                next += Int64(piece.count)
                buffer.append(contentsOf: piece)
            }
            return buffer.count >= wanted
        }

        func precedes(_ other: Reader) -> Bool {
            unsafe buffer.withUnsafeBytes { mine in
                unsafe other.buffer.withUnsafeBytes { theirs in
                    let x = unsafe UnsafeRawBufferPointer(rebasing: mine[at..<at + keyCount])
                    let y = unsafe UnsafeRawBufferPointer(rebasing: theirs[other.at..<other.at + other.keyCount])
                    return unsafe x.precedes(y)
                }
            }
        }
    }
}
