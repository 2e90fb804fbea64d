internal import Settings

extension StreamProcessor {
    /// Begins to answer over HTTP what is published in `watch`; nil: nothing is served (see ``WatchServer``).
    ///
    /// - Parameters:
    ///   - watch: the same that the processor was made with.
    ///   - version: the program's version.
    ///   - swift: the compiler's version.
    /// - Throws: ``PipelineProblem`` where the configuration cannot be worked with.
    public func serve(_ watch: StreamWatch, version: String, swift: String) throws -> WatchServer? {
        let identity = WatchIdentity(
            version: version,
            swift: swift,
            instance: instance,
            group: settings.appID,
            output: settings.topics.output
        )
        return try WatchServer.start(settings, watch, identity, log)
    }
}
