public import Kafka
public import Settings

extension Settings {
    /// Properties of every Kafka client: brokers, and what stands under `kafka`.
    public func clientConfiguration() -> ClientConfiguration {
        var configuration = ClientConfiguration(brokers: kafka.brokers)
        configuration[.clientID] = appID
        for property in kafka.properties {
            guard let equals = property.firstIndex(of: "=") else { continue }
            configuration[property: String(property[..<equals])] = String(property[property.index(after: equals)...])
        }
        return configuration
    }
}
