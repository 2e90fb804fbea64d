internal import CSpawn
internal import Foundation

/// A child with three pipes, started without any shell: each argument arrives as it is.
@safe
final class ChildProcess: @unchecked Sendable {
    private let id: pid_t
    /// Where it reads from.
    let input: Int32
    /// What it writes.
    let output: Int32
    /// What it says beside that.
    let errors: Int32

    /// Starts a program; a name without a slash is looked for on the PATH.
    ///
    /// - Throws: ``TryFailure`` of the kind ended, which says why it could not be started.
    init(_ arguments: [String]) throws(TryFailure) {
        guard let name = arguments.first else { throw TryFailure(.ended, "no command is given") }
        let pipes = [try Self.pipe(), try Self.pipe(), try Self.pipe()]
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes[0].read, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes[1].write, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes[2].write, 2)
        // no other file of ours is its business, nor can it keep another child's pipe open
        unsafe cspawn_close_others(&actions)
        // a group of its own: an interrupt of ours is not its, and what it starts can be ended with it
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        var none = sigset_t()
        var pipe = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &pipe)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        unsafe posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags) | cspawn_flags())
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let status = unsafe posix_spawnp(&child, name, &actions, &attributes, &words, environ)
        for end in [pipes[0].read, pipes[1].write, pipes[2].write] { close(end) }
        guard status == 0 else {
            for end in [pipes[0].write, pipes[1].read, pipes[2].read] { close(end) }
            throw TryFailure(.ended, "`\(name)` cannot be started: \(unsafe String(cString: strerror(status)))")
        }
        id = child
        input = pipes[0].write
        output = pipes[1].read
        errors = pipes[2].read
    }

    private static func pipe() throws(TryFailure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Foundation.pipe(&ends) == 0 else {
            throw TryFailure(.ended, "no pipe can be made: too many files are open")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Ends it and all that it has started, at once.
    func kill() { _ = Foundation.kill(-id, SIGKILL) }

    /// Waits until it is over.
    ///
    /// - Returns: how it ended, in words.
    func wait() -> String {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? "exit code \((status >> 8) & 0xFF)" : "signal \(signal)"
    }
}
