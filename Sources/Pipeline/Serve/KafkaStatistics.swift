internal import JSON
internal import Synchronization
internal import Telemetry

/// What librdkafka tells of itself. It is read once, by whoever asks first: never on the loop.
final class KafkaStatistics: Sendable {
    private let text: String
    private let read = Mutex<JSONValue??>(nil)

    /// - Parameter text: JSON as librdkafka tells it; empty: nothing was told yet.
    init(_ text: String = "") { self.text = text }

    private var root: JSONValue? {
        guard !text.isEmpty else { return nil }
        return read.withLock { known in
            if let known { return known }
            let value = try? JSONValue(parsing: text)
            known = .some(value)
            return value
        }
    }

    /// The client is connected to some broker; nil: that is not known yet.
    var hasBroker: Bool? { root.map { !connected($0).isEmpty } }

    /// How long no broker that the client is connected to has said anything, milliseconds; nil: that is not known.
    var silence: Int64? {
        guard let root else { return nil }
        return connected(root).compactMap { $0["rxidle"]?.asInteger }.filter { $0 >= 0 }.min().map { $0 / 1000 }
    }

    private func connected(_ root: JSONValue) -> [JSONValue] {
        (root["brokers"]?.entries ?? []).map(\.value).filter { $0["state"]?.asText == "UP" }
    }

    /// The group counts the client among its members, and has given out its partitions; nil: that is not known yet.
    var isMember: Bool? { root.map { $0["cgrp"]?["join_state"]?.asText == "steady" } }

    /// The metrics; what is not told is left out.
    var metrics: [Metric] {
        guard let root else { return [] }
        return brokerMetrics(root) + queueMetrics(root)
    }

    private func brokerMetrics(_ root: JSONValue) -> [Metric] {
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
        return [up, trips, throttle]
    }

    private func queueMetrics(_ root: JSONValue) -> [Metric] {
        var waiting: Int64 = 0
        var bytes: Int64 = 0
        for topic in root["topics"]?.entries ?? [] {
            for partition in topic.value["partitions"]?.entries ?? [] {
                waiting &+= partition.value["fetchq_cnt"]?.asInteger ?? 0
                bytes &+= partition.value["fetchq_size"]?.asInteger ?? 0
            }
        }
        return [
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
