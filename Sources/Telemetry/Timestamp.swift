/// Milliseconds since 1970 as ISO 8601 in UTC, whatever the number is.
public func timestamp(_ milliseconds: Int64) -> String { utc(milliseconds, unitsPerSecond: 1000) }

/// Microseconds since 1970 as ISO 8601 in UTC, whatever the number is.
public func timestamp(microseconds: Int64) -> String { utc(microseconds, unitsPerSecond: 1_000_000) }

/// The civil calendar from day numbers (proleptic Gregorian): no library's calendar is good for every number.
private func utc(_ time: Int64, unitsPerSecond units: Int64) -> String {
    let (days, rest) = time.flooredQuotient(by: 86_400 * units)
    let (era, dayOfEra) = (days + 719_468).flooredQuotient(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let seconds = rest / units
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(seconds / 3600, 2)):"
        + "\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(padded(rest % units, units == 1000 ? 3 : 6))Z"
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.count)) + text
}

extension Int64 {
    /// Quotient and remainder of a division that rounds down: the remainder is never negative.
    fileprivate func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
