internal import Reinforce
package import Settings
package import StoredBatches

extension BatchSource {
    /// Calls `body` with every batch's bytes, and where it stands (``BatchSource/forEach(_:_:_:)``).
    ///
    /// - Parameter settings: where the brokers are, and the format of batches.
    package func forEach(_ settings: Settings, _ body: (_ place: String, _ bytes: [UInt8]) throws -> Void) throws
        -> String?
    {
        try forEach(settings.batchConfiguration().format, settings.clientConfiguration(), body)
    }
}
