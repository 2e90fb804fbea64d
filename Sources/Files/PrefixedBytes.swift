/// Bytes that were read already, then the rest of their source.
package final class PrefixedBytes: ByteSource {
    private var head: [UInt8]
    private let source: any ByteSource

    package init(_ head: [UInt8], _ source: any ByteSource) {
        self.head = head
        self.source = source
    }

    package func read(into bytes: inout [UInt8], atMost count: Int) throws(InputError) -> Int {
        guard head.isEmpty else {
            defer { head = [] }
            bytes.append(contentsOf: head)
            return head.count
        }
        return try source.read(into: &bytes, atMost: count)
    }
}
