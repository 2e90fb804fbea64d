/// Bytes of what can be read once only (standard input, a pipe), kept in a temporary file as they go by, so that the
/// reading can begin again.
package final class SpooledBytes: ByteSource {
    package let file: FileBytes
    private let spool = SpillFile(limit: 1 << 20)
    private var state = State.keeping

    private enum State { case keeping, again, passing }

    package init(_ file: FileBytes) { self.file = file }

    /// Begins again; from then on nothing more is kept.
    package func rewind() throws(OutputError) {
        try spool.rewind()
        state = .again
    }

    package func read(into bytes: inout [UInt8], atMost count: Int) throws(InputError) -> Int {
        do throws(OutputError) {
            if state == .again {
                if let piece = try spool.next() {
                    bytes.append(contentsOf: piece)
                    return piece.count
                }
                state = .passing
            }
            let before = bytes.count
            let n = try pass(into: &bytes, count)
            if state == .keeping, n > 0 { try spool.append(Array(bytes[before...])) }
            return n
        } catch {
            throw InputError(.unreadable, file.path, error.description)
        }
    }

    private func pass(into bytes: inout [UInt8], _ count: Int) throws(OutputError) -> Int {
        do throws(InputError) {
            return try file.read(into: &bytes, atMost: count)
        } catch {
            throw OutputError(because: error.description, file.path)
        }
    }
}
