internal import DashStream
internal import JSON
internal import Pipeline
internal import Reinforce
internal import StoredBatches

/// Takes written batches one after another and compares each with the log's groups.
struct BatchCheck {
    /// What was found of a group in one place.
    private struct Finding {
        let place: String
        let revision: Int64
        let digest: String
        let supersedes: String?
        var differences: [Difference]
    }

    private let options: ReplayOptions
    private let collected: RecomputedGroups
    private var findings: [GroupKey: [Finding]] = [:]
    private var report = VerificationReport()
    private var sequences: [(place: String, sequence: Int64)] = []

    /// A record there has a limit: a group beyond it is rightly not written.
    private let isBounded: Bool

    init(_ options: ReplayOptions, _ collected: RecomputedGroups, isBounded: Bool) {
        self.isBounded = isBounded
        self.options = options
        self.collected = collected
    }

    mutating func note(_ difference: Difference) { report.differences.append(difference) }

    mutating func receive(_ bytes: [UInt8], _ place: String) {
        let batch: StoredBatch
        do { batch = try StoredBatch(bytes, place) } catch {
            return note(Difference(.unparsable, place, "this is no batch: \(error)"))
        }
        report.batches += 1
        if let sequence = batch.sequence { sequences.append((place, sequence)) }
        let own = compose(batch.groups.compactMap { collected.written[$0.key] })
        let ofBatch = compareHeader(batch, own)
        report.differences += ofBatch
        var recomputed: [GroupKey: JSONValue] = [:]
        for value in own?["groups"]?.elements ?? [] {
            guard let group = batch.groups.first(where: { $0.value["group_id"] == value["group_id"] }) else { continue }
            recomputed[group.key] = value
        }
        for group in batch.groups {
            var differences = compare(group, recomputed[group.key], batch.value["estimator"] ?? .null)
            report.differences += differences
            // a batch that is not what it says proves none of its groups
            differences += ofBatch
            findings[group.key, default: []].append(
                Finding(
                    place: place,
                    revision: group.revision,
                    digest: group.digest,
                    supersedes: group.value["supersedes"]?.asText?.string,
                    differences: differences
                )
            )
        }
    }

    /// The batch as the log gives it, of these groups in this order.
    private func compose(_ groups: [DecidedGroup]) -> JSONValue? {
        // what was written in part is recomputed whole; the record decides which part is compared
        var rules = options.wholeRules(topics: collected.topics)
        rules.batches.groupsPerBatch = groups.count
        rules.batches.maxBytes = .max
        rules.batches.minGroups = 1
        rules.batches.minRollouts = 0
        let renderer = rules.renderer
        var task = GroupTask(rules)
        var batch: Batch?
        for group in groups { batch = task.add(renderer.render(group)).batches.first ?? batch }
        guard let json = batch?.encoded(sequence: 0, estimator: rules.estimator, rules.batches) else { return nil }
        return try? JSONValue(parsing: json, limits: JSONLimits(maxBytes: .max))
    }

    private func compareHeader(_ batch: StoredBatch, _ own: JSONValue?) -> [Difference] {
        var found: [Difference] = []
        if batch.id != batch.computedID {
            found.append(
                Difference(
                    .order,
                    batch.place,
                    "batch_id is \(batch.id), but its groups in this order have \(batch.computedID): "
                        + "groups were re-ordered, changed, added or taken out"
                )
            )
        }
        guard let own else { return found }
        for entry in own["estimator"]?.entries ?? [] {
            let written = batch.value["estimator"]?[entry.key]
            guard written != entry.value else { continue }
            let kind: Difference.Kind = entry.key == "version" ? .version : .estimator
            found.append(difference(kind, batch, "estimator.\(entry.key)", written, entry.value))
        }
        if batch.value["schema_version"] != own["schema_version"] {
            found.append(
                difference(.version, batch, "schema_version", batch.value["schema_version"], own["schema_version"])
            )
        }
        let isWhole = own["groups"]?.elements.count == batch.groups.count
        if isWhole, batch.value["created_at_us"] != own["created_at_us"] {
            found.append(difference(.batch, batch, "created_at_us", batch.value["created_at_us"], own["created_at_us"]))
        }
        return found
    }

    private func difference(
        _ kind: Difference.Kind,
        _ batch: StoredBatch,
        _ field: String,
        _ written: JSONValue?,
        _ given: JSONValue?
    ) -> Difference {
        let a = written?.exactText
        let b = given?.exactText
        let gives = kind == .batch ? "the log gives" : "the configuration gives"
        var difference = Difference(kind, batch.place, "\(field) is \(a ?? "missing"), \(gives) \(b ?? "none")")
        difference.field = field
        difference.written = a
        difference.recomputed = b
        return difference
    }

    private mutating func compare(_ group: StoredGroup, _ own: JSONValue?, _ estimator: JSONValue) -> [Difference] {
        guard let own else {
            let why = collected.dropped[group.key].map { "the log gives this group as dropped (\($0))" }
            return [named(group, .surplusGroup, why ?? "the log has no such group")]
        }
        var found: [Difference] = []
        let isWhole = options.batches.samples == .both && options.batches.calls == .all
        if isWhole || !group.isProtobuf, let content = group.computedDigest(estimator), content != group.digest {
            found.append(
                named(group, .digest, "its digest is not that of its content: it was changed after it was written")
            )
        }
        let comparison = GroupComparison(group, own, options.batches)
        report.moved += comparison.moved
        found += comparison.differences
        let digest = own["digest"]?.asText?.string ?? ""
        if found.isEmpty, digest != group.digest {
            found.append(named(group, .digest, "its digest is \(group.digest), the log gives \(digest)"))
        }
        return found
    }

    private func named(_ group: StoredGroup, _ kind: Difference.Kind, _ message: String) -> Difference {
        named(group.key, group.place, kind, message)
    }

    private func named(_ key: GroupKey, _ place: String, _ kind: Difference.Kind, _ message: String) -> Difference {
        var difference = Difference(kind, place, message)
        difference.tenant = key.tenant.string
        difference.group = key.group.string
        return difference
    }

    /// Counts what is proven; of a group that was revised, the last revision stands for all.
    mutating func finish() -> VerificationReport {
        checkSequences()
        for (key, found) in findings.sorted(by: { $0.key < $1.key }) {
            var kept: [Finding] = []
            for finding in found {
                if let last = kept.last, finding.revision == last.revision.saturatingPlus(1),
                    finding.supersedes == last.digest
                {
                    // what was superseded need not be what the log gives now
                    report.differences.removeAll { $0.place == last.place && $0.group == key.group.string }
                    kept.removeLast()
                    report.superseded += 1
                }
                kept.append(finding)
            }
            for again in kept.dropFirst() {
                note(named(key, again.place, .surplusGroup, "it comes again; the first time at \(kept[0].place)"))
            }
            report.groups += kept.count
            if let first = kept.first, first.differences.isEmpty { report.verified += 1 }
        }
        for key in collected.written.keys.filter({ findings[$0] == nil }).sorted() where !isTooLarge(key) {
            report.groups += 1
            note(named(key, "", .missingGroup, "the log gives it, and no batch holds it"))
        }
        report.problem = collected.problem
        return report
    }

    private func isTooLarge(_ key: GroupKey) -> Bool {
        guard isBounded, let group = collected.written[key] else { return false }
        let task = GroupTask(options.batchRules(isBounded: true, topics: collected.topics))
        return task.outcome(of: group) != nil || task.outcome(of: task.rules.renderer.render(group)) != nil
    }

    /// A replay numbers its batches from 0; a live run gives every one of them 0.
    private mutating func checkSequences() {
        guard sequences.contains(where: { $0.sequence != 0 }) else { return }
        for (index, (place, sequence)) in sequences.enumerated() where sequence != Int64(index) {
            var difference = Difference(
                .order,
                place,
                "its sequence is \(sequence), but \(index) batches come before it: batches are missing or re-ordered"
            )
            difference.field = "sequence"
            return note(difference)
        }
    }
}
