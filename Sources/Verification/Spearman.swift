/// Spearman's rank correlation: Pearson's over the ranks, equal values sharing their mean rank.
///
/// - Returns: −1 to 1; nil for fewer than two pairs, or where one side has no difference at all.
public func spearman(_ a: [Double], _ b: [Double]) -> Double? {
    let count = min(a.count, b.count)
    guard count >= 2 else { return nil }
    let x = ranks(Array(a.prefix(count)))
    let y = ranks(Array(b.prefix(count)))
    // the mean of ranks is known: no sum can round it
    let mean = Double(count + 1) / 2
    var product = 0.0
    var squares = (x: 0.0, y: 0.0)
    for (p, q) in zip(x, y) {
        product += (p - mean) * (q - mean)
        squares.x += (p - mean) * (p - mean)
        squares.y += (q - mean) * (q - mean)
    }
    guard squares.x > 0, squares.y > 0 else { return nil }
    return max(-1, min(1, product / (squares.x * squares.y).squareRoot()))
}

/// Ranks from 1, equal values sharing their mean rank.
func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = Array(repeating: 0.0, count: values.count)
    var start = 0
    while start < order.count {
        var end = start
        while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
        for at in start..<end { ranks[order[at]] = Double(start + end + 1) / 2 }
        start = end
    }
    return ranks
}
