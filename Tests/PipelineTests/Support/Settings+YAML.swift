import Settings
import Testing

@testable import Pipeline

extension Settings {
    /// The settings of a configuration file in which nothing may be wrong.
    static func valid(_ yaml: String) -> Settings {
        let (settings, problems) = load(
            file: ("c.yaml", Array(yaml.utf8)),
            environment: [:],
            overrides: [],
            checks: checks
        )
        #expect(problems.filter { $0.severity == .error }.map(\.description) == [])
        return settings
    }
}
