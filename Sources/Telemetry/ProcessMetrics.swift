internal import Foundation

/// What a process uses, as the client libraries of Prometheus name it.
public struct ProcessMetrics: Sendable {
    private let started = Date().timeIntervalSince1970

    /// Of this process, which begins now.
    public init() {}

    /// The metrics now; what the system does not tell is left out.
    public var metrics: [Metric] {
        var usage = rusage()
        // RUSAGE_SELF, which is of another type on every system
        let isKnown = unsafe getrusage(0, &usage) == 0
        var found = [
            Metric(.gauge, "process_start_time_seconds", unit: "seconds", "when the process began, seconds since 1970")
                .adding(started)
        ]
        if isKnown {
            let seconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
            found.append(
                Metric(.counter, "process_cpu_seconds", unit: "seconds", "processor time that was used").adding(seconds)
            )
        }
        if let resident = Self.residentBytes {
            found.append(
                Metric(.gauge, "process_resident_memory_bytes", unit: "bytes", "memory that is in use").adding(resident)
            )
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            found.append(Metric(.gauge, "process_open_fds", "open files and sockets").adding(files))
        }
        return found
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    /// Linux tells it in pages.
    private static var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages.multipliedReportingOverflow(by: Int(sysconf(Int32(_SC_PAGESIZE)))).partialValue
    }
}
