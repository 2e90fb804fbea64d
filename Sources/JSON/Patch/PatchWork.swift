/// What applying operations may cost: a patch of a few bytes can double a document with every operation.
///
/// A unit is about what one byte costs to move. What operations cost beyond reading them is counted: elements that move
/// aside for an insertion or a removal, and every value and byte of what is copied. It depends on the document and the
/// operations alone, so that the same patch ends at the same operation on every machine.
public struct PatchWork: Sendable, Hashable {
    /// Units that are left.
    public private(set) var left: Int

    /// An amount of work, in units.
    public init(_ units: Int) { left = units }

    /// More than anybody can spend.
    public static let unlimited = PatchWork(.max)

    /// Spends some of it.
    ///
    /// - Throws: ``JSONPatchError/Reason/tooMuchWork`` where that much is not left.
    public mutating func spend(_ units: Int) throws(JSONPatchError) {
        guard units <= left else {
            left = 0
            throw JSONPatchError(reason: .tooMuchWork, index: 0)
        }
        left -= units
    }
}

extension JSONValue {
    /// What a value costs to be looked through or copied, and how deep it is; gives up where more than `limit` is found.
    ///
    /// - Returns: nil where it is more.
    func measure(limit: Int) -> (cost: Int, depth: Int)? {
        switch self {
        case .string(let text):
            let cost = 16 + text.utf8.count
            return cost <= limit ? (cost, 0) : nil
        case .array(let elements):
            var sum = (cost: 16, depth: 0)
            for element in elements {
                guard let part = element.measure(limit: limit - sum.cost) else { return nil }
                sum = (sum.cost + part.cost, max(sum.depth, part.depth))
            }
            return sum.cost <= limit ? (sum.cost, sum.depth + 1) : nil
        case .object(let object):
            var sum = (cost: 16, depth: 0)
            for entry in object.entries {
                let key = 16 + entry.key.utf8.count
                guard let part = entry.value.measure(limit: limit - sum.cost - key) else { return nil }
                sum = (sum.cost + key + part.cost, max(sum.depth, part.depth))
            }
            return sum.cost <= limit ? (sum.cost, sum.depth + 1) : nil
        default: return limit >= 16 ? (16, 0) : nil
        }
    }
}
