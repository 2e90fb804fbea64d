package import Problems

/// The bytes of a text that are its own: without a byte order mark.
///
/// - Throws: ``PipelineProblem`` where the text is not UTF-8 by its first bytes.
package func withoutByteOrderMark(_ bytes: [UInt8], _ path: String) throws(PipelineProblem) -> [UInt8] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes[3...]) }
    let isMarked = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    // no text of JSON or YAML holds a zero byte; UTF-16 has one for every letter of ASCII
    let isWide = bytes.count >= 2 && (bytes[0] == 0) != (bytes[1] == 0)
    guard !isMarked, !isWide else {
        throw PipelineProblem(
            .data,
            "\(path) is UTF-16; write it as UTF-8 (iconv -f UTF-16 -t UTF-8 \(path) > FILE)"
        )
    }
    return bytes
}
