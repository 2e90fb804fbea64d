public import Foundation

extension Date {
    /// When a test gives up waiting for what must come in the end: far off, so that a busy machine decides nothing.
    public static var patience: Date { Date(timeIntervalSinceNow: 300) }
}

/// Waits until something is so; false: it never was.
public func eventually(_ isSo: () throws -> Bool) rethrows -> Bool {
    let deadline = Date.patience
    while Date() < deadline {
        if try isSo() { return true }
        Thread.sleep(forTimeInterval: 0.02)
    }
    return try isSo()
}
