public import Files
internal import Reinforce

/// Where in a recording what is: its blocks of whole records, each with its offsets and times, and the blocks of every
/// thread. So ranges and threads are found without reading all of it.
///
/// The index lies beside the recording as `FILE.idx`. It is a cache: absent, stale or damaged it is made again.
public struct RecordingIndex: Sendable {
    /// The recording.
    public let path: String
    /// The topics its records name; none in version 1.
    public let topics: [String]
    /// Where the recording is not whole; the index holds all that comes before.
    public let problem: InputError?
    package let hasTopics: Bool
    package let isCompressed: Bool
    let blocks: [Block]
    package let threads: Threads

    /// How many records there are.
    public var count: Int { blocks.last.map { $0.firstIndex + $0.count } ?? 0 }

    /// Where a block begins: a byte of the file, and how many decompressed bytes behind it.
    package struct Place: Sendable, Hashable {
        package var byte: Int64
        package var skip: Int64 = 0
    }

    /// Some MiB of whole records.
    package struct Block: Sendable, Hashable {
        let place: Place
        let firstIndex: Int
        var count = 0
        /// Decompressed.
        var bytes = 0
        var firstTime = Int64.max
        var lastTime = Int64.min
        var parts: [Part] = []

        init(place: Place, firstIndex: Int) {
            self.place = place
            self.firstIndex = firstIndex
        }

        mutating func add(_ position: RecordPosition, topic: UInt16, bytes: Int) {
            count += 1
            self.bytes += bytes
            firstTime = min(firstTime, position.timestamp)
            lastTime = max(lastTime, position.timestamp)
            let partition = UInt16(truncatingIfNeeded: position.partition)
            if let at = parts.lastIndex(where: { $0.partition == partition && $0.topic == topic }) {
                parts[at].first = min(parts[at].first, position.offset)
                parts[at].last = max(parts[at].last, position.offset)
            } else {
                parts.append(
                    Part(topic: topic, partition: partition, first: position.offset, last: position.offset)
                )
            }
        }
    }

    /// Offsets of one partition within a block.
    package struct Part: Sendable, Hashable {
        package let topic: UInt16
        package let partition: UInt16
        package var first: Int64
        package var last: Int64
    }

    /// Hashes of thread ids and record keys, sorted, each with a block where it occurs.
    package struct Threads: Sendable, Hashable {
        let hashes: [UInt64]
        let blocks: [UInt32]

        /// The blocks of a hash, ascending.
        func blocks(of hash: UInt64) -> [Int] {
            var low = 0
            var high = hashes.count
            while low < high {
                let middle = (low + high) / 2
                if hashes[middle] < hash { low = middle + 1 } else { high = middle }
            }
            var found: [Int] = []
            while low < hashes.count, hashes[low] == hash {
                found.append(Int(blocks[low]))
                low += 1
            }
            return found
        }
    }
}
