extension SettingKey {
    /// How batches are made and written, and what runs beside that.
    static var outputs: [SettingKey] {
        [
            SettingKey(
                "batches.groups_per_batch",
                .integer(\.batches.groupsPerBatch, 1...100_000),
                "how many groups make a batch"
            ),
            SettingKey(
                "batches.linger",
                .duration(\.batches.linger),
                "how long a batch waits for more groups before it leaves with fewer"
            ),
            SettingKey(
                "batches.max_bytes",
                .size(\.batches.maxBytes, 1024...1 << 30),
                "largest batch; groups beyond it begin the next one"
            ),
            SettingKey(
                "batches.min_groups",
                .integer(\.batches.minGroups, 1...100_000),
                "a batch with fewer groups does not leave"
            ),
            SettingKey(
                "batches.min_rollouts",
                .integer(\.batches.minRollouts, 1...10_000_000),
                "a batch with fewer rollouts that count does not leave"
            ),
            SettingKey(
                "batches.max_empty",
                .integer(\.batches.maxEmpty, 0...1_000_000_000),
                "how many commits in a row may have read records without making a batch; 0: any number"
            ),
            SettingKey(
                "batches.allow_repeats",
                .flag(\.batches.allowRepeats),
                "accept fewer training examples than groups_per_batch, so that a batch may hold one twice"
            ),
            SettingKey("output.format", .choice(\.output.format, ["json", "protobuf"]), "how a batch is written"),
            SettingKey(
                "output.key",
                .choice(\.output.key, ["batch", "group", "tenant"]),
                "key of a batch's Kafka record: its batch_id, so that batches spread over the partitions, its only "
                    + "group's id, or its tenant's"
            ),
            SettingKey(
                "output.samples",
                .choice(\.output.samples, ["text", "fields", "both", "none"]),
                "what of a sample is written: prompt and completion, inputs and outputs, or both"
            ),
            SettingKey(
                "output.calls",
                .choice(\.output.calls, ["all", "tokens", "text", "none"]),
                "what is written of the model calls that a trace holds"
            ),
            SettingKey(
                "instant_loop.enabled",
                .flag(\.instantLoop.enabled),
                "run the instant-learning loop in the processor"
            ),
            SettingKey(
                "instant_loop.mode",
                .choice(\.instantLoop.mode, ["corrected", "reference"]),
                "its formulas: with the known mistakes put right, or exactly as in the original"
            ),
            SettingKey(
                "instant_loop.dimension",
                .integer(\.instantLoop.dimension, 1...65_536),
                "how many numbers an embedding has"
            ),
            SettingKey("instant_loop.rank", .integer(\.instantLoop.rank, 1...16), "rank of the adapter"),
            SettingKey(
                "instant_loop.learning_rate",
                .number(\.instantLoop.learningRate, 0...1000),
                "how far an update moves the weights"
            ),
            SettingKey(
                "instant_loop.flush_threshold",
                .integer(\.instantLoop.flushThreshold, 1...10_000_000),
                "signals after which an update is applied"
            ),
            SettingKey(
                "instant_loop.interval",
                .duration(\.instantLoop.interval, zero: "an update would be applied without end"),
                "time after which an update is applied, however few signals there are"
            ),
            SettingKey(
                "instant_loop.buffer_capacity",
                .integer(\.instantLoop.bufferCapacity, 1...100_000_000),
                "the most trajectories that wait to be learnt from"
            ),
            SettingKey(
                "instant_loop.quality_threshold",
                .number(\.instantLoop.qualityThreshold, 0...1),
                "a trajectory of lower quality (0 to 1) is not learnt from"
            ),
            SettingKey(
                "instant_loop.overflow",
                .choice(\.instantLoop.overflow, ["drop_newest", "drop_oldest"]),
                "which trajectory is dropped when too many wait"
            ),
            SettingKey(
                "instant_loop.max_norm",
                .number(\.instantLoop.maxNorm, 0...1e9),
                "largest norm of an update; 0: any"
            ),
            SettingKey(
                "instant_loop.decay",
                .number(\.instantLoop.decay, 0...1),
                "share of the weights that an update takes away"
            ),
            SettingKey(
                "instant_loop.baseline_decay",
                .number(\.instantLoop.baselineDecay, 0...1),
                "share of the old reward baseline that is kept at each update"
            ),
            SettingKey(
                "http.listen",
                .text(\.http.listen, .optionalAddress),
                "address of the page, the probes and the metrics, as HOST:PORT; a port that is taken: the next free one "
                    + "of nine; empty: none"
            ),
            SettingKey(
                "http.token_file",
                .text(\.http.tokenFile, .any),
                "file with the token that a request must carry, but for the probes; empty: none, on loopback only"
            ),
            SettingKey(
                "http.hosts",
                .texts(\.http.hosts, .host, mayBeEmpty: true),
                "further host names under which the server is asked"
            ),
            SettingKey(
                "http.open_metrics",
                .flag(\.http.openMetrics),
                "serve /metrics without a token"
            ),
            SettingKey(
                "log.level",
                .choice(\.log.level, ["trace", "debug", "info", "notice", "warning", "error"]),
                "lines of a lower level are not written"
            ),
            SettingKey("log.format", .choice(\.log.format, ["text", "json"]), "how a line is written"),
            SettingKey(
                "log.report_interval",
                .duration(\.log.reportInterval, zero: "a line would be written at every turn of the loop"),
                "how often one line tells how the work goes"
            ),
            SettingKey(
                "otel.endpoint",
                .text(\.otel.endpoint, .optionalWeb),
                "address of an OpenTelemetry collector that takes OTLP over HTTP, as http://localhost:4318; empty: none"
            ),
            SettingKey(
                "otel.headers",
                .texts(\.otel.headers, .header, mayBeEmpty: true),
                "headers for it, each as `NAME: VALUE`; `${NAME}` in a value stands for a variable of the environment, "
                    + "`${file:PATH}` for what a file holds"
            ),
        ]
    }
}
