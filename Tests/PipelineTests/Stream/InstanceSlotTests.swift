import Foundation
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Pipeline

/// Every process of an application on a host has a name of its own, the same after a restart.
@Suite struct InstanceSlotTests {
    private let quiet = Logger(level: .error, now: { 0 }) { _ in }

    @Test func theFirstHasTheHostsNameAndOthersANumber() throws {
        let folder = try TemporaryFolder()
        let first = InstanceSlot("app", in: folder.path, quiet)
        let second = InstanceSlot("app", in: folder.path, quiet)
        let other = InstanceSlot("another", in: folder.path, quiet)
        #expect(first.name == InstanceSlot.host)
        #expect(second.name == "\(InstanceSlot.host)-2")
        #expect(other.name == InstanceSlot.host)
        withExtendedLifetime((first, second, other)) {}
    }

    /// The process that starts again while the others go on has the name that it had before.
    @Test func aNameThatIsFreeAgainIsTakenFirst() throws {
        let folder = try TemporaryFolder()
        var slots: [InstanceSlot?] = (0..<3).map { _ in InstanceSlot("app", in: folder.path, quiet) }
        let names = slots.map { $0?.name }
        slots[1] = nil
        slots[1] = InstanceSlot("app", in: folder.path, quiet)
        #expect(slots.map { $0?.name } == names)
        slots[1]?.touch()
    }

    @Test func whereNothingCanBeLockedItIsSaid() throws {
        let folder = try TemporaryFolder()
        let lines = Mutex<[String]>([])
        let log = Logger(level: .info, now: { 0 }) { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        let slot = InstanceSlot("app", in: "\(folder.path)/missing", log)
        #expect(slot.name == InstanceSlot.host)
        #expect(lines.withLock { $0.count } == 1)
        #expect(lines.withLock { $0.first?.contains("instance_id") == true })
        #expect(lines.withLock { $0.first?.contains("No such file") == true })
    }

    @Test func anAppIDMayHoldWhatAFileNameMayNot() throws {
        let folder = try TemporaryFolder()
        let slot = InstanceSlot("a/b c", in: folder.path, quiet)
        let found = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(found == ["dash-reinforce-a_b_c-1.lock"])
        withExtendedLifetime(slot) {}
    }
}
