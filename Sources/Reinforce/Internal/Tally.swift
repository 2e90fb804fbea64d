/// Counts by case: an array, for it counts every record.
struct Tally<Key: CaseIterable & Hashable & Sendable>: Sendable, Hashable where Key.AllCases.Index == Int {
    private var numbers: [Int] = []

    /// Counts one; `index`: where the case stands among all.
    @inline(__always)
    mutating func count(at index: Int) {
        if index >= numbers.count { numbers.append(contentsOf: repeatElement(0, count: index + 1 - numbers.count)) }
        numbers[index] += 1
    }

    /// Adds another's counts.
    mutating func add(_ other: Tally) {
        for (index, number) in other.numbers.enumerated() where number > 0 {
            count(at: index)
            numbers[index] += number - 1
        }
    }

    /// What occurred, by case.
    var counts: [Key: Int] {
        var counts: [Key: Int] = [:]
        for (key, number) in zip(Key.allCases, numbers) where number > 0 { counts[key] = number }
        return counts
    }
}
