/// Floats in one piece, on a boundary that no cache line crosses; gone with their owner.
@safe
struct FloatStorage: ~Copyable {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    /// Zeros.
    init(zeros count: Int) {
        let bytes = max(1, count) * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        unsafe base = raw.bindMemory(to: Float.self, capacity: max(1, count))
        unsafe base.initialize(repeating: 0, count: max(1, count))
        self.count = count
    }

    deinit { unsafe UnsafeMutableRawPointer(base).deallocate() }

    /// A copy.
    var array: [Float] { unsafe [Float](UnsafeBufferPointer(start: base, count: count)) }

    /// Everything zero again.
    func clear() { unsafe base.update(repeating: 0, count: count) }

    /// Takes over the first `count` of `values`; what is missing stays.
    func copy(_ values: [Float]) {
        for index in 0..<min(count, values.count) { unsafe base[index] = values[index] }
    }

    /// Whether none of them is NaN or infinite.
    var isFinite: Bool {
        for index in 0..<count where unsafe !base[index].isFinite { return false }
        return true
    }
}
