/// Reads a duration as milliseconds: a whole number with `ms`, `s`, `m`, `h` or `d`; 0 needs no unit.
func parseDuration(_ text: String) -> Int64? {
    parse(
        text,
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)],
        bare: text == "0" ? 1 : nil
    )
}

/// Reads a size as bytes: a whole number alone or with `KiB`, `MiB`, `GiB`, `kB`, `MB`, `GB` or `B`.
func parseSize(_ text: String) -> Int? {
    let units: [(String, Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1000), ("MB", 1_000_000),
        ("GB", 1_000_000_000), ("B", 1),
    ]
    return parse(text, units, bare: 1).map(Int.init)
}

private func parse(_ text: String, _ units: [(String, Int64)], bare: Int64?) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits) else { return nil }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard let factor = unit.isEmpty ? bare : units.first(where: { $0.0 == unit })?.1 else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
}

/// The longest duration that a key takes, ten years: times and durations can be added without thought of their size.
let longestDuration: Int64 = 3650 * 86_400_000

/// A number without `.0` where it is whole.
func numberText(_ number: Double) -> String {
    abs(number) < 1e15 && number == number.rounded() ? String(Int64(number)) : String(number)
}

/// Milliseconds in the largest unit that says it exactly.
func durationText(_ milliseconds: Int64) -> String {
    if milliseconds == 0 { return "0s" }
    for (unit, factor) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
    where milliseconds % factor == 0 && (unit != "d" || milliseconds > factor) {
        return "\(milliseconds / factor)\(unit)"
    }
    return "\(milliseconds)ms"
}

/// Bytes in the largest unit that says it exactly.
func sizeText(_ bytes: Int) -> String {
    for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes > 0 && bytes % factor == 0
    {
        return "\(bytes / factor)\(unit)"
    }
    return String(bytes)
}
