internal import Foundation
internal import Telemetry

/// A name that one process of an application has on this host: the host's name for the first one, then `NAME-2`, `NAME-3`,
/// the lowest that is free. Held by a lock on a file until the process ends, however it ends, so that a restart finds the
/// name free again and takes it.
final class InstanceSlot {
    /// The name.
    let name: String
    private let file: Int32?
    /// Processes of one application on one host.
    private static let limit = 1000

    /// The host's name.
    static var host: String { ProcessInfo.processInfo.hostName }

    /// Where locks stand: `DASH_LOCK_DIR`, else the folder for temporary files.
    static var folder: String {
        let folder = ProcessInfo.processInfo.environment["DASH_LOCK_DIR"] ?? ""
        return folder.isEmpty ? FileManager.default.temporaryDirectory.path : folder
    }

    /// Takes the lowest name that is free; where none can be locked, the host's name, with a warning.
    init(_ app: String, in folder: String = InstanceSlot.folder, _ log: Logger) {
        // an app_id may hold what a file's name must not
        let safe = String(app.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
        for number in 1...Self.limit {
            let path = "\(folder)/dash-reinforce-\(safe)-\(number).lock"
            guard let file = Self.open(path) else {
                log.warning(
                    "no name can be locked for this process, so it has the host's: a second process of this app on this host "
                        + "needs an instance_id of its own, or a DASH_LOCK_DIR that both can write to",
                    ["file": .init(path), "problem": .init(unsafe String(cString: strerror(errno)))]
                )
                break
            }
            if flock(file, LOCK_EX | LOCK_NB) == 0 {
                self.file = file
                name = number == 1 ? Self.host : "\(Self.host)-\(number)"
                return
            }
            close(file)
        }
        file = nil
        name = Self.host
    }

    deinit { if let file { close(file) } }

    /// Keeps what tidies up temporary files from taking it for forgotten.
    func touch() { if let file { _ = futimens(file, nil) } }

    /// The file, made where it is not there. Another user's can be locked too: it is only read.
    private static func open(_ path: String) -> Int32? {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW
        for _ in 0..<3 {
            let there = unsafe Foundation.open(path, flags)
            if there >= 0 { return there }
            guard errno == ENOENT else { return nil }
            let made = unsafe Foundation.open(path, flags | O_CREAT | O_EXCL, 0o644)
            if made >= 0 { return made }
            guard errno == EEXIST else { return nil }
        }
        return nil
    }
}
