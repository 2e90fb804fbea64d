internal import CSpawn  // its spawn.h is where the set of signals comes from
internal import Foundation
internal import Synchronization

/// One child at a time, for as long as there is anything to ask: lines in, lines out. A child that ends is started again,
/// after a pause that grows while it does nothing but end.
final class CommandWorker: @unchecked Sendable {
    private struct Asked {
        let timeout: Int64
        let done: @Sendable (TryOutcome) -> Void
        /// How many lines the child had written when this one was handed to it; nil: it was not yet.
        var lines: Int?
    }

    private let arguments: [String]
    private let time: any JudgeTime
    private let onEvent: @Sendable (Judge.Event) -> Void
    private let condition = NSCondition()
    // all below under the condition
    private var asked: [String: Asked] = [:]
    private var unsent: [(id: String, line: [UInt8])] = []
    private var child: ChildProcess?
    private var linesRead = 0
    private var isClosed = false
    /// Children in a row that ended without an answer.
    private var fruitless = 0
    /// Lines of its standard error that may still be told, until that time.
    private var mayTell = (lines: 0, until: Int64.min)

    /// Questions that a child has at the same time: as many as may be lost with it.
    private static let window = 64
    private static let longestLine = 1 << 20
    private static let toldAMinute = 20

    init(_ arguments: [String], _ time: any JudgeTime, onEvent: @escaping @Sendable (Judge.Event) -> Void) {
        self.arguments = arguments
        self.time = time
        self.onEvent = onEvent
        thread("judge-child") { [self] in live() }
    }

    /// How many questions it has.
    var load: Int { locked { asked.count } }

    /// Hands a question over.
    func ask(_ id: String, _ line: [UInt8], timeout: Int64, _ done: @escaping @Sendable (TryOutcome) -> Void) {
        let isOpen = locked {
            guard !isClosed else { return false }
            asked[id] = Asked(timeout: timeout, done: done)
            unsent.append((id, line + [0x0A]))
            condition.broadcast()
            return true
        }
        if !isOpen { done(.failed(TryFailure(.ended, "the child was ended"))) }
    }

    /// Ends the child and the thread.
    func close() {
        let (child, rest) = locked {
            isClosed = true
            condition.broadcast()
            defer { asked = [:] }
            return (self.child, asked)
        }
        child?.kill()
        for asked in rest.values { asked.done(.failed(TryFailure(.ended, "the child was ended"))) }
    }

    private func expire(_ id: String, _ timeout: Int64) {
        let (expired, hanging): (Asked?, ChildProcess?) = locked {
            guard let expired = asked.removeValue(forKey: id) else { return (nil, nil) }
            condition.broadcast()
            guard linesRead == expired.lines else { return (expired, nil) }
            // it has said nothing since: it hangs, and everybody behind it would wait as long
            defer { child = nil }
            return (expired, child)
        }
        hanging?.kill()
        expired?.done(.failed(TryFailure(.timeout, "no answer within \(timeout) ms")))
    }

    /// One child after the other.
    private func live() {
        while waitForWork() {
            let ending: String
            var hasRun = true
            do throws(TryFailure) {
                ending = try run()
            } catch {
                ending = error.message
                hasRun = false
            }
            let (lost, pause, isFruitless) = locked {
                child = nil
                fruitless += 1
                // what it was not given yet, the next one is
                let lost = asked.filter { !hasRun || $0.value.lines != nil }
                for id in lost.keys { asked[id] = nil }
                if !hasRun { unsent = [] }
                return (lost, isClosed ? 0 : Int64(min(10_000, 100 << min(7, fruitless - 1))), fruitless >= 3)
            }
            let failure = TryFailure(.ended, "the child ended: \(ending)", isOfJudge: isFruitless)
            for asked in lost.values { asked.done(.failed(failure)) }
            rest(pause)
        }
    }

    private func waitForWork() -> Bool {
        locked {
            while unsent.isEmpty, !isClosed { condition.wait() }
            return !isClosed
        }
    }

    private func rest(_ milliseconds: Int64) {
        let end = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        locked { while !isClosed, condition.wait(until: end) {} }
    }

    /// Starts a child and reads until it ends.
    ///
    /// - Returns: how it ended.
    private func run() throws(TryFailure) -> String {
        let child = try ChildProcess(arguments)
        locked { if isClosed { child.kill() } else { self.child = child } }
        let others = DispatchGroup()
        for (name, body) in [("judge-input", write), ("judge-errors", tell)] {
            others.enter()
            thread(name) {
                body(child)
                others.leave()
            }
        }
        var reader = LineReader(child.output, longest: Self.longestLine)
        while let line = reader.line() { receive(line.bytes, isCut: line.isCut) }
        // whoever closes its output will answer nothing any more
        child.kill()
        let ending = child.wait()
        locked {
            self.child = nil
            condition.broadcast()
        }
        others.wait()
        Foundation.close(child.output)
        Foundation.close(child.errors)
        return ending
    }

    private func receive(_ line: [UInt8], isCut: Bool) {
        locked { linesRead += 1 }
        guard !isCut else { return lose("the answer is longer than \(Self.longestLine) bytes") }
        guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return }
        do throws(TryFailure) {
            let (id, verdict) = try Verdict.parse(line)
            guard let id else { return lose("the answer has no `id`") }
            let known = locked {
                let known = asked.removeValue(forKey: id)
                if known != nil { fruitless = 0 }
                condition.broadcast()
                return known
            }
            guard let known else { return onEvent(.stray) }
            known.done(.said(verdict))
        } catch {
            garbage(line, error)
        }
    }

    /// A line that is no answer: where it names its question, that one has failed.
    private func garbage(_ line: [UInt8], _ failure: TryFailure) {
        guard let id = Verdict.id(of: line), let known = locked({ asked.removeValue(forKey: id) }) else {
            return lose(failure.message)
        }
        known.done(.failed(failure))
    }

    /// A line of which nobody knows whose answer it is: that question's time will be up.
    private func lose(_ message: String) { onEvent(.failed(TryFailure(.garbage, message))) }

    /// Hands questions to the child as fast as it takes them.
    private func write(to child: ChildProcess) {
        // a child that has closed its input is an error here, not the end of us
        var pipe = sigset_t()
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &pipe, nil)
        defer { Foundation.close(child.input) }
        while true {
            guard let lines = nextLines(for: child) else { return }
            for (id, line, timeout) in lines {
                time.after(timeout) { [weak self] in self?.expire(id, timeout) }
                guard write(line, child.input) else { return child.kill() }
            }
        }
    }

    /// The next questions for a child; nil: it gets none any more.
    private func nextLines(for child: ChildProcess) -> [(id: String, line: [UInt8], timeout: Int64)]? {
        locked {
            while unsent.isEmpty || room == 0, !isClosed, self.child === child { condition.wait() }
            guard !isClosed, self.child === child else { return nil }
            let next = unsent.prefix(room)
            unsent.removeFirst(next.count)
            return next.compactMap { id, line in
                asked[id]?.lines = linesRead
                return asked[id].map { (id, line, $0.timeout) }
            }
        }
    }

    /// How many more questions a child may have.
    private var room: Int { max(0, Self.window - (asked.count - unsent.count)) }

    private func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[done...])
                return unsafe Foundation.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// Tells what the child says on its standard error, so many lines a minute.
    private func tell(of child: ChildProcess) {
        var reader = LineReader(child.errors, longest: 500)
        while let line = reader.line() {
            let now = time.now
            let isTold = locked {
                if now >= mayTell.until { mayTell = (Self.toldAMinute, now + 60_000) }
                mayTell.lines -= 1
                return mayTell.lines >= 0
            }
            if isTold { onEvent(.said(String(decoding: line.bytes, as: UTF8.self))) }
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}

/// A thread of its own.
func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.start()
}
