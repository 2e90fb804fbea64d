internal import JSON
internal import Telemetry

/// Metrics from librdkafka's own statistics. What is not there is left out.
struct KafkaStatistics {
    private let root: JSONValue?

    /// - Parameter text: JSON as librdkafka tells it; empty: nothing was told.
    init(_ text: String) { root = text.isEmpty ? nil : try? JSONValue(parsing: text) }

    /// The metrics.
    var metrics: [Metric] {
        guard let root else { return [] }
        var up = Metric(.gauge, "dash_reinforce_rdkafka_broker_up", "1 where the consumer is connected to the broker")
        var trips = Metric(
            .gauge,
            "dash_reinforce_rdkafka_broker_rtt_seconds",
            unit: "seconds",
            "mean time of a request to the broker"
        )
        var throttle = Metric(
            .gauge,
            "dash_reinforce_rdkafka_throttle_seconds",
            unit: "seconds",
            "mean time for which the broker made the consumer wait"
        )
        for broker in root["brokers"]?.entries ?? [] {
            guard let name = broker.value["nodename"]?.asText?.string, !name.isEmpty,
                (broker.value["nodeid"]?.asInteger ?? -1) >= 0
            else { continue }
            up = up.adding(broker.value["state"]?.asText == "UP" ? 1 : 0, ["broker": name])
            if let mean = broker.value["rtt"]?["avg"]?.asInteger {
                trips = trips.adding(Double(mean) / 1e6, ["broker": name])
            }
            if let mean = broker.value["throttle"]?["avg"]?.asInteger {
                throttle = throttle.adding(Double(mean) / 1000, ["broker": name])
            }
        }
        var waiting: Int64 = 0
        var bytes: Int64 = 0
        for topic in root["topics"]?.entries ?? [] {
            for partition in topic.value["partitions"]?.entries ?? [] {
                waiting &+= partition.value["fetchq_cnt"]?.asInteger ?? 0
                bytes &+= partition.value["fetchq_size"]?.asInteger ?? 0
            }
        }
        return [
            up, trips, throttle,
            Metric(.gauge, "dash_reinforce_rdkafka_fetchq_records", "records fetched and not taken yet").adding(
                Double(waiting)
            ),
            Metric(
                .gauge,
                "dash_reinforce_rdkafka_fetchq_bytes",
                unit: "bytes",
                "bytes of records fetched and not taken yet"
            )
            .adding(Double(bytes)),
        ]
    }
}
