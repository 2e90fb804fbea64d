/// A result for every index of parallel work; each index is written by one thread only.
@safe
package final class Slots<Value>: @unchecked Sendable {
    private let storage: UnsafeMutablePointer<Value?>
    private let count: Int

    /// Room for so many.
    package init(_ count: Int) {
        self.count = count
        unsafe storage = .allocate(capacity: max(1, count))
        unsafe storage.initialize(repeating: nil, count: count)
    }

    deinit {
        unsafe storage.deinitialize(count: count)
        unsafe storage.deallocate()
    }

    package func set(_ index: Int, _ value: Value) {
        guard index >= 0, index < count else { return }
        unsafe storage[index] = value
    }

    /// What was set, in the order of the indexes.
    package var values: [Value] { (0..<count).compactMap { unsafe storage[$0] } }
}
