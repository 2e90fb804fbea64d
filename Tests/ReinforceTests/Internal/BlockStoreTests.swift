import DashStream
import TestSupport
import Testing

@testable import Reinforce

/// Chains of blocks against plain arrays.
@Suite struct BlockStoreTests {
    @Test(arguments: 1...10)
    func chainsHoldWhatWasAppended(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        var store = BlockStore()
        var chains: [(chain: BlockChain, bytes: [UInt8])] = Array(repeating: (BlockChain(), []), count: 12)
        for _ in 0..<1500 {
            let number = random.below(chains.count)
            switch random.below(20) {
            case 0:
                store.release(&chains[number].chain)
                chains[number].bytes = []
            case 1..<12:
                // some of them need more blocks than there are from one mark to the next
                let count = random.pick([0, 1, 7, 251, 252, 253, 600, 20_000])
                let piece = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                unsafe store.append(piece.span.bytes, to: &chains[number].chain)
                chains[number].bytes += piece
            default:
                let (chain, bytes) = chains[number]
                let start = random.below(bytes.count + 1)
                var piece = Array(bytes[start..<min(bytes.count, start + random.below(700))])
                #expect(unsafe store.holds(piece.span.bytes, at: start, in: chain))
                guard !piece.isEmpty else { continue }
                piece[random.below(piece.count)] ^= 1
                #expect(unsafe !store.holds(piece.span.bytes, at: start, in: chain))
                #expect(unsafe !store.holds(piece.span.bytes, at: bytes.count - piece.count + 1, in: chain))
            }
            let blocks = chains.reduce(0) { $0 + ($1.bytes.count + BlockStore.room - 1) / BlockStore.room }
            #expect(store.used == blocks)
        }
        var copy: [UInt8] = [1, 2, 3]
        for (chain, bytes) in chains {
            store.copy(chain, into: &copy)
            #expect(copy == bytes)
            store.copy(chain, bytes.count / 2, into: &copy)
            #expect(copy == Array(bytes[..<(bytes.count / 2)]))
        }
    }
}
