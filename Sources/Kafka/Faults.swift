/// Faults on purpose, for the reliability suite. Without the compilation flag `FAULT_INJECTION` there are none.
public enum Faults {
    #if !FAULT_INJECTION
        /// A place where the suite may kill or stop the process.
        @inlinable @inline(__always) public static func point(_ name: StaticString) {}
        /// The same, a moment after the call that follows has begun.
        @inlinable @inline(__always) public static func soon(_ name: StaticString) {}
        /// Whether the suite has switched a protection off, to see that its absence is noticed.
        @inlinable @inline(__always) public static func isOff(_ protection: StaticString) -> Bool { false }
    #endif
}
