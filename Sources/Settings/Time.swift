/// A point in time as people write it: a date, a time of day and a zone, as in `2026-11-24T08:00:00Z`.
///
/// Nothing is guessed: a day, an hour or a minute that does not exist is refused, and so is a time without a zone.
public struct Time: Sendable, Hashable {
    /// Milliseconds since 1970.
    public let milliseconds: Int64
    /// As it was written.
    public let text: String

    /// A right time, for messages.
    static let example = "2026-11-24T08:00:00Z"

    /// Reads a time: seconds and their fraction may be left out; the zone is `Z` or an offset such as `+01:00`.
    ///
    /// - Throws: ``TimeProblem`` that says what is wrong and shows a right time.
    public init(parsing text: String) throws(TimeProblem) {
        var reader = TimeReader(text)
        milliseconds = try reader.time()
        self.text = text
    }

    /// Whether a text was meant as a time: it begins like a date.
    public static func isMeant(by text: String) -> Bool {
        let parts = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let last = parts.last else { return false }
        let day = last.prefix(while: \.isDigit)
        let rest = last.dropFirst(day.count).first
        return parts.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isDigit) } && !day.isEmpty
            && (rest == nil || rest == "T" || rest == "t" || rest == " ")
    }
}

/// What is wrong with a time, and a right one.
public struct TimeProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without the text itself: `has no zone: …`.
    let reason: String
    /// One sentence that begins with the text.
    public let description: String

    init(_ text: String, _ reason: String) {
        self.reason = reason
        description = "`\(text)` \(reason)"
    }
}

/// Takes a time apart from its beginning to its end.
private struct TimeReader {
    private let text: String
    private var rest: Substring

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    private func problem(_ reason: String) -> TimeProblem { TimeProblem(text, reason) }

    private var noTime: TimeProblem { problem("is not a time such as \(Time.example)") }

    mutating func time() throws(TimeProblem) -> Int64 {
        let days = try date()
        guard let separator = rest.popFirst() else {
            throw problem("has no time of day: write \(text)T00:00:00Z for its beginning in UTC")
        }
        guard separator == "T" || separator == "t" else {
            throw problem("needs a T between date and time of day, as in \(Time.example)")
        }
        let (milliseconds, ofDay) = try timeOfDay()
        let result = (days &* 1440 &+ ofDay &- (try zone())) &* 60_000 &+ milliseconds
        // Kafka reads times before 1970 as the words "latest" and "earliest"
        guard result >= 0 else { throw problem("is before 1970: no record is as old as that") }
        return result
    }

    /// Days since 1970.
    private mutating func date() throws(TimeProblem) -> Int64 {
        guard let yearDigits = digits(), take("-"), let monthDigits = digits(), take("-"), let dayDigits = digits()
        else {
            throw noTime
        }
        guard yearDigits.count == 4, let year = Int64(yearDigits) else {
            throw problem("has a year of \(yearDigits.count) digits: a year has four, as in \(Time.example)")
        }
        guard monthDigits.count == 2, dayDigits.count == 2, let month = Int64(monthDigits), let day = Int64(dayDigits)
        else {
            throw problem("needs two digits each for month and day, as in \(Time.example)")
        }
        guard (1...12).contains(month) else {
            throw problem("names month \(monthDigits): months go from 01 to 12, as in \(Time.example)")
        }
        let last = Self.days(in: month, of: year)
        guard (1...last).contains(day) else {
            throw problem(
                "names a day that does not exist: month \(monthDigits) of \(yearDigits) has the days 01 to \(last), as in "
                    + Time.example
            )
        }
        return Self.days(before: year, month) &+ day &- 1
    }

    /// Milliseconds within the minute, and minutes since midnight.
    private mutating func timeOfDay() throws(TimeProblem) -> (milliseconds: Int64, minutes: Int64) {
        let hour = try part("hour", "hours", 23)
        guard take(":") else { throw problem("has no minutes: a time of day is HH:MM:SS, as in \(Time.example)") }
        let minute = try part("minute", "minutes", 59)
        guard take(":") else { return (0, hour &* 60 &+ minute) }
        let second = try part("second", "seconds", 59)
        var fraction: Int64 = 0
        if take(".") || take(",") {
            guard let digits = digits(), digits.count <= 9 else {
                throw problem("needs 1 to 9 digits behind the seconds, as in 2026-11-24T08:00:00.250Z")
            }
            // to the nearest millisecond
            let nanoseconds = Int64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
            fraction = (nanoseconds &+ 500_000) / 1_000_000
        }
        return (second &* 1000 &+ fraction, hour &* 60 &+ minute)
    }

    /// Minutes ahead of UTC.
    private mutating func zone() throws(TimeProblem) -> Int64 {
        guard let sign = rest.popFirst() else {
            throw problem(
                "has no zone: end it with Z for UTC, or with an offset, as in \(Time.example) or 2026-11-24T09:00:00+01:00"
            )
        }
        if sign == "Z" || sign == "z" {
            guard rest.isEmpty else { throw noTime }
            return 0
        }
        guard sign == "+" || sign == "-" else { throw noTime }
        let hours = try part("hour", "hours of an offset", 23)
        var minutes: Int64 = 0
        if take(":") || !rest.isEmpty { minutes = try part("minute", "minutes of an offset", 59) }
        guard rest.isEmpty else { throw noTime }
        return (hours &* 60 &+ minutes) &* (sign == "-" ? -1 : 1)
    }

    /// Two digits up to a number.
    private mutating func part(_ name: String, _ plural: String, _ last: Int64) throws(TimeProblem) -> Int64 {
        let digits = rest.prefix(2)
        guard digits.count == 2, digits.allSatisfy(\.isDigit), let number = Int64(digits) else {
            throw problem("needs two digits for the \(plural), as in \(Time.example)")
        }
        guard number <= last else {
            throw problem("names \(name) \(digits): \(plural) go from 00 to \(last), as in \(Time.example)")
        }
        rest = rest.dropFirst(2)
        return number
    }

    private mutating func digits() -> String? {
        let digits = rest.prefix(while: \.isDigit)
        rest = rest.dropFirst(digits.count)
        return digits.isEmpty ? nil : String(digits)
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970 to the first of a month.
    private static func days(before year: Int64, _ month: Int64) -> Int64 {
        let past = year &- 1
        var days = past &* 365 &+ past / 4 &- past / 100 &+ past / 400 &- 719_162
        for earlier in 1..<month { days &+= Self.days(in: earlier, of: year) }
        return days
    }
}

extension Character {
    fileprivate var isDigit: Bool { isASCII && isNumber }
}
