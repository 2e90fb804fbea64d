import Files
import Recordings
import Reinforce

/// The dead letters of topics, whose positions in the input are known only once every partition was counted.
final class DeadLetterSequence {
    private var files: [SpillFile] = []

    init(partitions: Int) { files = (0..<partitions).map { _ in SpillFile() } }

    /// Keeps a partition's letters, in order.
    func append(_ letters: [DeadLetter], of partition: Int) throws(OutputError) {
        for letter in letters {
            var piece: [UInt8] = []
            piece.append(little: UInt64(letter.number), 8)
            try files[partition].append(piece + letter.rest)
        }
    }

    /// Writes all of them in the order of the input: partitions take turns, as in a recording.
    ///
    /// - Parameter counts: records of each partition.
    func write(to output: OutputFile, counts: [Int]) throws(OutputError) {
        var heads: [DeadLetter?] = []
        for file in files {
            try file.rewind()
            heads.append(try Self.next(file))
        }
        while let first = heads.indices.filter({ heads[$0] != nil }).min(by: { precedes(heads[$0], $0, heads[$1], $1) }
        ),
            let letter = heads[first]
        {
            try output.write(line: letter.line(index: index(of: letter.number, first, counts)))
            heads[first] = try Self.next(files[first])
        }
    }

    private static func next(_ file: SpillFile) throws(OutputError) -> DeadLetter? {
        guard let piece = try file.next() else { return nil }
        var number = 0
        for at in 0..<8 { number |= Int(piece[at]) << (8 * at) }
        return DeadLetter(number: number, rest: Array(piece[8...]))
    }

    private func precedes(_ a: DeadLetter?, _ i: Int, _ b: DeadLetter?, _ j: Int) -> Bool {
        guard let a, let b else { return a != nil }
        return (a.number / TopicReader.turn, i) < (b.number / TopicReader.turn, j)
    }

    /// Position in the whole input of the record with this number in its partition.
    private func index(of number: Int, _ partition: Int, _ counts: [Int]) -> Int {
        let turn = TopicReader.turn
        let start = number / turn * turn
        var before = number - start
        for (other, count) in counts.enumerated() {
            before += min(count, start)
            if other < partition { before += min(max(0, count - start), turn) }
        }
        return before
    }
}
