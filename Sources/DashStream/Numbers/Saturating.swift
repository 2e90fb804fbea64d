/// Arithmetic on what a log says: times, offsets and counts may be any number, so a sum that does not fit stays at the
/// nearest number that does, and nothing traps or wraps around.
extension FixedWidthInteger {
    /// The sum, or the nearest number that fits.
    @inlinable
    @inline(__always)
    package func saturatingPlus(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the nearest number that fits.
    @inlinable
    @inline(__always)
    package func saturatingMinus(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The product, or the nearest number that fits.
    @inlinable
    @inline(__always)
    package func saturatingTimes(_ other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// A number without its fraction, or the nearest one that fits; 0 where it is not a number.
    package init(saturating value: Double) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value.isNaN ? 0 : value < 0 ? .min : .max
        }
    }
}
