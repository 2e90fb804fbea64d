import Files
internal import Reinforce

/// The ledger of a replay that fits into memory.
extension Replay {
    /// Writes the line of every thread, in the order of their keys.
    func write(_ entries: [LedgerEntry], to ledger: OutputFile) throws(OutputError) {
        let byKey = KeyOrder(entries.count) { entries[$0].key }
        let order = byKey.indexes
        let after = afterClose(entries.count, byKey)
        // some blocks at a time: all lines together take more memory than the threads
        let (block, round) = (512, 512 * 32)
        for start in stride(from: 0, to: order.count, by: round) {
            let indexes = order[start..<min(order.count, start + round)]
            let lines = Slots<[UInt8]>((indexes.count + block - 1) / block)
            inParallel((indexes.count + block - 1) / block, threads: options.threads) { number in
                var bytes: [UInt8] = []
                let first = indexes.startIndex + number * block
                for index in indexes[first..<min(indexes.endIndex, first + block)] {
                    entries[index].append(to: &bytes, duplicates: after[index].duplicates, late: after[index].late)
                    bytes.append(UInt8(ascii: "\n"))
                }
                lines.set(number, bytes)
            }
            for bytes in lines.values { try ledger.write(bytes) }
        }
    }

    /// Messages that came after their threads were closed, of all partitions, for each of `count` threads.
    private func afterClose(_ count: Int, _ order: KeyOrder) -> [(duplicates: Int, late: Int)] {
        var closed: [(key: ThreadKey, duplicates: Int, late: Int)] = []
        for partition in partitions.values {
            partition.stage.forEachAfterClose { closed.append(($0, $1, $2)) }
        }
        var after = Array(repeating: (duplicates: 0, late: 0), count: count)
        order.forEachMatch(in: KeyOrder(closed.count) { closed[$0].key }) { own, other in
            after[own].duplicates += closed[other].duplicates
            after[own].late += closed[other].late
        }
        return after
    }
}
