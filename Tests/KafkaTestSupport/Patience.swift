public import Foundation

extension Date {
    /// When a test gives up waiting for what must come in the end: far off, so that a busy machine decides nothing.
    public static var patience: Date { Date(timeIntervalSinceNow: 300) }
}
