import JSON

/// Finding the way through canonical text, which is well-formed, without spaces and in key order.
extension RawSpan {
    /// Index of the closing quote of the string that opens at `start`.
    func endOfString(_ start: Int) -> Int {
        var at = start &+ 1
        while true {
            at = firstQuoteOrBackslash(at)
            guard at < byteCount, byte(at) == UInt8(ascii: "\\") else { return at }
            at &+= 2
        }
    }

    /// The same of a string without any escape; nil where it holds one.
    func endOfPlainString(_ start: Int) -> Int? {
        let at = firstQuoteOrBackslash(start &+ 1)
        return byte(at) == UInt8(ascii: "\"") ? at : nil
    }

    /// Index behind the value that begins at `start`.
    func endOfValue(_ start: Int) -> Int {
        var at = start
        var depth = 0
        while at < byteCount {
            switch byte(at) {
            case UInt8(ascii: "\""):
                at = endOfString(at)
                if depth == 0 { return min(at &+ 1, byteCount) }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // of a number or a literal it is the end of what that stands in
                if depth == 0 { return at }
                depth &-= 1
                if depth == 0 { return at &+ 1 }
            case UInt8(ascii: ",") where depth == 0: return at
            default: break
            }
            at &+= 1
        }
        return byteCount
    }

    /// Eight bytes at a time; the end where there is none.
    private func firstQuoteOrBackslash(_ start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at &+ 8 <= byteCount {
            // the lowest byte that is marked is one for certain: borrows reach upwards only
            let word = unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let found = ((quote &- ones) & ~quote | (slash &- ones) & ~slash) & (ones &* 0x80)
            if found != 0 { return at &+ found.trailingZeroBitCount &>> 3 }
            at &+= 8
        }
        while at < byteCount, byte(at) != UInt8(ascii: "\""), byte(at) != UInt8(ascii: "\\") { at &+= 1 }
        return at
    }
}
