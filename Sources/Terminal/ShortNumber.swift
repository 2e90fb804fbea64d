internal import DashStream

/// A number for a person: at most six digits behind the point; one too small for that with its exponent.
package func shortNumber(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
    let scaled = (value * 1_000_000).rounded() / 1_000_000
    if scaled == 0, value != 0 { return smallNumber(value) }
    if scaled == scaled.rounded() { return String(Int(saturating: scaled)) }
    return "\(scaled)"
}

/// Two digits and the exponent: a reward of 5e-324 is not 0.
private func smallNumber(_ value: Double) -> String {
    var magnitude = abs(value)
    var exponent = 0
    while magnitude < 0.95, exponent > -400 {
        magnitude *= 10
        exponent -= 1
    }
    let tenths = Int(saturating: (magnitude * 10).rounded())
    let digits = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    return (value < 0 ? "-" : "") + "\(digits)e\(exponent)"
}

extension String {
    /// Filled up with spaces: behind the text, or before it where `width` is negative.
    package func padded(_ width: Int) -> String {
        let spaces = String(repeating: " ", count: max(1, abs(width) - count))
        return width < 0 ? spaces + self : self + spaces
    }
}
