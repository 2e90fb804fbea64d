import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// The runs that an independent program was made to agree with, field by field.
@Suite struct GoldenTests {
    @Test(arguments: GoldenCase.all)
    func everyThreadHasTheExpectedFate(_ golden: GoldenCase) throws {
        let folder = try TemporaryFolder()
        let result = try Replay(golden.options(folder)).run()
        #expect(result.summary.imbalance == nil)
        var ledger: [String: JSONValue] = [:]
        for line in try folder.lines("ledger.jsonl") {
            ledger["\(line["tenant_id"]?.text ?? "")/\(line["thread_id"]?.text ?? "")"] = line
        }
        let expected = try Fixture.json("golden/\(golden.folder)/\(golden.expected)")
        #expect(ledger.count == expected["threads"]?.list.count)
        for thread in expected["threads"]?.list ?? [] {
            let name = "\(thread["tenant_id"]?.text ?? "")/\(thread["thread_id"]?.text ?? "")"
            if golden.isLeftOut(thread["thread_id"]?.text ?? "") { continue }
            let line = try #require(ledger[name])
            #expect(line["reason"] == thread["excluded"], "\(name)")
            // resumed by another process, with a numbering of its own: what is found depends on when it closed
            if golden.folder == "real", name.contains("/newproc") { continue }
            #expect(line["outcome"] == thread["outcome"], "\(name)")
            #expect(line["reward"]?.number == thread["reward"]?.number, "\(name)")
            #expect(close(line["advantage"]?.number, thread["advantage"]?.number), "\(name)")
            #expect(line["duplicates"] == thread["duplicates"], "\(name)")
            #expect(line["late"] == thread["late"], "\(name)")
            #expect(line["missing_sequences"] == thread["missing_sequences"], "\(name)")
            #expect(line["missing"]?.int == thread["missing_sequences"]?.list.count, "\(name)")
            #expect(line["resyncs"] == thread["resyncs"], "\(name)")
            #expect(line["state_verified"] == thread["state_valid"], "\(name)")
            #expect(line["final_state_sha256"] == thread["final_state_sha256"], "\(name)")
            #expect(line["nodes"]?.int == thread["nodes"]?.list.count, "\(name)")
            let unpaired = ["no_start", "conflicting_pairing", "unpaired", "invalid_pairing"]
            if unpaired.contains(line["reason"]?.text ?? "") { continue }
            for field in ["example_id", "group_id", "policy_version", "rollout_index"] {
                #expect(line[Text(field)] == thread["pairing"]?[Text(field)] ?? .null, "\(name) \(field)")
            }
        }
    }

    @Test(arguments: GoldenCase.all)
    func everyNodeHasTheExpectedOutputs(_ golden: GoldenCase) throws {
        let found = try golden.trajectories()
        for thread in try Fixture.json("golden/\(golden.folder)/\(golden.expected)")["threads"]?.list ?? [] {
            guard case .string(let tenant)? = thread["tenant_id"], case .string(let id)? = thread["thread_id"] else {
                continue
            }
            if golden.isLeftOut(id.string) { continue }
            let trajectory = try #require(found[ThreadKey(tenant: tenant, thread: id)])
            let expected =
                thread["nodes"]?.list.filter { $0["duration_us"] != nil && $0["start_sequence"] != .null } ?? []
            try #require(trajectory.nodes.count == expected.count, "\(id.string)")
            // a thread that was excluded before it came to a group has given its text up
            guard !trajectory.arena.isEmpty else { continue }
            for expected in expected {
                // two runs on one thread may use a number twice: a node is known by its name and both its numbers
                let node = try #require(
                    trajectory.nodes.first {
                        String(decoding: trajectory.bytes($0.node), as: UTF8.self) == expected["node_id"]?.text
                            && Int($0.startSequence) == expected["start_sequence"]?.int
                            && Int($0.endSequence) == expected["end_sequence"]?.int
                    },
                    "\(id.string)"
                )
                #expect(Int(node.duration) == expected["duration_us"]?.int)
                #expect(node.isSample == (expected["outputs"] != nil), "\(id.string)")
                guard let outputs = expected["outputs"] else { continue }
                #expect(try trajectory.object(node.outputs) == outputs, "\(id.string)")
                let removed = trajectory.fields[Int(node.removed.start)..<node.removed.end].map {
                    String(decoding: trajectory.bytes($0.name), as: UTF8.self)
                }
                #expect(removed.sorted() == expected["removed"]?.list.compactMap(\.text).sorted())
            }
        }
    }

    @Test(arguments: GoldenCase.all)
    func everyGroupHasTheExpectedMembersAndAdvantages(_ golden: GoldenCase) throws {
        let folder = try TemporaryFolder()
        let summary = try Replay(golden.options(folder)).run().summary
        var groups: [String: JSONValue] = [:]
        for batch in try folder.lines("batches.jsonl") {
            for group in batch["groups"]?.list ?? [] {
                groups["\(batch["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"] = group
            }
        }
        let expected = try Fixture.json("golden/\(golden.folder)/\(golden.expected)")["groups"]?.list ?? []
        if !golden.usesManifest || golden.folder != "real" {
            #expect(summary.groups.values.reduce(0, +) == expected.count)
        }
        var emitted = 0
        for group in expected {
            let name = "\(group["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"
            let names = (group["rollouts"] ?? group["members"])?.list.compactMap(\.text) ?? []
            let all = names + (group["excluded"]?.list.compactMap { $0.list.first?.text } ?? [])
            if all.contains(where: golden.isLeftOut) { continue }
            guard group["status"]?.text == "ok", !names.isEmpty else {
                #expect(groups[name] == nil, "\(name)")
                continue
            }
            emitted += 1
            let found = try #require(groups[name], "\(name)")
            let voting = found["rollouts"]?.list.filter { $0["votes"]?.flag == true } ?? []
            #expect(voting.compactMap { $0["thread_id"]?.text } == names, "\(name)")
            #expect(voting.compactMap { $0["rollout_index"]?.int } == group["rollout_indexes"]?.list.compactMap(\.int))
            #expect(voting.compactMap { $0["reward"]?.number } == group["rewards"]?.list.compactMap(\.number))
            for (rollout, advantage) in zip(voting, group["advantages"]?.list ?? []) {
                #expect(close(rollout["advantage"]?.number, advantage.number), "\(name)")
            }
            #expect(close(found["stats"]?["mean"]?.number, group["mean"]?.number), "\(name)")
            #expect(close(found["stats"]?["std"]?.number, group["std"]?.number), "\(name)")
            #expect(found["example_id"] == group["example_id"])
            #expect(found["expected_size"] == group["group_size"])
            #expect(found["policy_version_min"] == group["policy_version"])
            #expect((voting.count == group["group_size"]?.int) == group["complete"]?.flag, "\(name)")
        }
        #expect(emitted > 0)
    }

    @Test(arguments: GoldenCase.all)
    func everyRecordIsAccountedFor(_ golden: GoldenCase) throws {
        let folder = try TemporaryFolder()
        let summary = try JSONValue(parsing: Replay(golden.options(folder)).run().summary.json)
        let expected = try Fixture.json("golden/\(golden.folder)/\(golden.expected)")
        for count in expected["counts"]?.fields ?? [] {
            let name = count.key.string
            let found: JSONValue?
            if golden.folder == "real", golden.usesManifest, !["records", "frames_raw", "frames_zstd"].contains(name) {
                continue
            }
            // the `newproc` threads hold two numberings; their README tells to compare their fate only
            if golden.folder == "real", name == "late" || name == "threads_reordered" { continue }
            if name.hasPrefix("excluded_") {
                found = summary["excluded"]?[Text(String(name.dropFirst(9)))]
            } else if name.hasPrefix("message_") {
                found = summary["messages"]?[Text(String(name.dropFirst(8)))]
            } else if name.hasPrefix("outcome_") {
                found = summary["outcomes"]?[Text(String(name.dropFirst(8)))]
            } else if name == "poison" {
                found = .integer(Int64(summary["poison"]?.fields.reduce(0) { $0 + ($1.value.int ?? 0) } ?? 0))
            } else if name == "groups" {
                found = .integer(Int64(summary["groups"]?.fields.reduce(0) { $0 + ($1.value.int ?? 0) } ?? 0))
            } else if name == "batched_events" {
                found = summary["events_batched"]
            } else if name == "unique_messages" {
                continue
            } else {
                found = summary[Text(name)]
            }
            #expect(found?.int ?? 0 == count.value.int, "count: \(name)")
        }
        let dead = try folder.lines("dead.jsonl")
        let poison = expected["poison"]?.list ?? []
        #expect(dead.count == poison.count)
        for (line, poison) in zip(dead, poison) {
            #expect(line["reason"] == poison["error_type"])
            #expect(line["index"] == poison["index"])
            #expect(line["offset"] == poison["offset"])
            #expect(line["partition"] == poison["partition"])
        }
    }

    private func close(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return abs(a - b) <= 1e-9 * max(1, abs(b))
    }
}

extension Trajectory {
    func bytes(_ range: ByteRange) -> ArraySlice<UInt8> { arena[Int(range.start)..<range.end] }

    func object(_ range: ByteRange) throws -> JSONValue {
        var object = JSONObject()
        for field in fields[Int(range.start)..<range.end] {
            object[Text(String(decoding: bytes(field.name), as: UTF8.self))] = try JSONValue(
                parsing: Array(bytes(field.value))
            )
        }
        return .object(object)
    }
}
