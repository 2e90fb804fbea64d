/// Memory for the payloads of open threads: chains of small blocks from a pool, so that a thread costs no allocation and
/// wastes less than one block, whatever order threads grow and end in.
@safe
struct BlockStore: ~Copyable {
    /// Bytes of a block, its link to the next one included.
    static var blockBytes: Int { 256 }
    static var room: Int { blockBytes - 4 }
    /// Blocks from one mark of a chain to the next.
    static var stride: Int { 64 }
    private static var blocksPerChunk: Int { 4096 }
    static var none: UInt32 { .max }

    private var chunks: [UnsafeMutableRawPointer] = unsafe []
    private var free: UInt32 = BlockStore.none
    private var fresh: UInt32 = 0
    /// Blocks in use.
    private(set) var used = 0

    /// Bytes held by the chains in use.
    var bytesInUse: Int { used &* Self.blockBytes }

    init() {}

    deinit { unsafe chunks.forEach { unsafe $0.deallocate() } }

    @inline(__always)
    private func address(_ block: UInt32, _ inside: Int = 0) -> UnsafeMutableRawPointer {
        let index = Int(block)
        let offset = (index % Self.blocksPerChunk) &* Self.blockBytes &+ inside
        return unsafe chunks[index / Self.blocksPerChunk] + offset
    }

    private mutating func take() -> UInt32 {
        used &+= 1
        if free != Self.none {
            let block = free
            unsafe free = address(block).load(as: UInt32.self)
            return block
        }
        if unsafe chunks.count &* Self.blocksPerChunk == Int(fresh) {
            unsafe chunks.append(.allocate(byteCount: Self.blocksPerChunk &* Self.blockBytes, alignment: 16))
        }
        defer { fresh &+= 1 }
        return fresh
    }

    /// Appends `span` to the chain, which grows as needed.
    mutating func append(_ span: RawSpan, to chain: inout BlockChain) {
        var offset = 0
        let count = span.byteCount
        while offset < count {
            let filled = Int(chain.count) % Self.room
            if filled == 0 {
                let block = take()
                unsafe address(block).storeBytes(of: Self.none, as: UInt32.self)
                if chain.head == Self.none {
                    chain.head = block
                } else {
                    unsafe address(chain.tail).storeBytes(of: block, as: UInt32.self)
                }
                chain.tail = block
                let number = Int(chain.count) / Self.room
                if number > 0, number % Self.stride == 0 { chain.marks.append(block) }
            }
            let n = min(Self.room &- filled, count &- offset)
            unsafe span.extracting(offset..<offset &+ n).withUnsafeBytes { source in
                if let from = source.baseAddress {
                    unsafe address(chain.tail, 4 &+ filled).copyMemory(from: from, byteCount: n)
                }
            }
            offset &+= n
            chain.count &+= UInt32(truncatingIfNeeded: n)
        }
    }

    /// Copies the chain's bytes into `bytes`, replacing what it held.
    func copy(_ chain: BlockChain, into bytes: inout [UInt8]) { copy(chain, Int(chain.count), into: &bytes) }

    /// Copies the chain's first bytes into `bytes`, replacing what it held.
    func copy(_ chain: BlockChain, _ count: Int, into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        var left = min(count, Int(chain.count))
        bytes.reserveCapacity(left)
        var block = chain.head
        while left > 0, block != Self.none {
            let n = min(left, Self.room)
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: address(block) + 4, count: n))
            left &-= n
            unsafe block = address(block).load(as: UInt32.self)
        }
    }

    /// Whether the chain holds exactly `span` at `position`.
    func holds(_ span: RawSpan, at position: Int, in chain: BlockChain) -> Bool {
        guard position &+ span.byteCount <= Int(chain.count) else { return false }
        var number = position / Self.room
        var block = chain.head
        if number >= Self.stride {
            block = chain.marks[number / Self.stride - 1]
            number %= Self.stride
        }
        for _ in 0..<number { unsafe block = address(block).load(as: UInt32.self) }
        var inside = position % Self.room
        var offset = 0
        while offset < span.byteCount {
            let n = min(Self.room &- inside, span.byteCount &- offset)
            let stored = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(address(block, 4 &+ inside)), byteCount: n)
            guard stored.hasSameBytes(as: span.extracting(offset..<offset &+ n)) else { return false }
            offset &+= n
            inside = 0
            unsafe block = address(block).load(as: UInt32.self)
        }
        return true
    }

    /// Gives the chain's blocks back and empties it.
    mutating func release(_ chain: inout BlockChain) {
        guard chain.head != Self.none else { return }
        used &-= (Int(chain.count) &+ Self.room &- 1) / Self.room
        unsafe address(chain.tail).storeBytes(of: free, as: UInt32.self)
        free = chain.head
        chain = BlockChain()
    }
}

/// A byte string kept in the blocks of a ``BlockStore``.
struct BlockChain {
    var head = BlockStore.none
    var tail = BlockStore.none
    /// Bytes held.
    var count: UInt32 = 0
    /// Every so many blocks one of them (``BlockStore/stride``), so that nobody walks through all of a long chain.
    var marks: [UInt32] = []
}
