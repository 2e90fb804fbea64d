import CMalloc
import Foundation

/// One thing that is measured: what it is called, and what one run of it does.
struct Benchmark {
    /// A path, most general first.
    let name: String
    /// `ns` for one item, or `items/s`.
    let unit: String
    /// Items of one run.
    let items: Int
    let run: () throws -> Void
}

/// What the runs of a benchmark took.
struct Measurement {
    let name: String
    let unit: String
    /// In the unit, sorted.
    let values: [Double]
    /// Bytes that stay allocated after all runs.
    let allocations: Int
    let peakBytes: Int

    init(_ benchmark: Benchmark, runs: Int) throws {
        try benchmark.run()  // warm-up
        var values: [Double] = []
        let before = cmalloc_bytes_in_use()
        for _ in 0..<runs {
            let start = ContinuousClock.now
            try benchmark.run()
            let elapsed = ContinuousClock.now - start
            let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
            values.append(
                benchmark.unit == "ns" ? seconds * 1e9 / Double(benchmark.items) : Double(benchmark.items) / seconds
            )
        }
        let after = cmalloc_bytes_in_use()
        name = benchmark.name
        unit = benchmark.unit
        self.values = values.sorted()
        allocations = Int(after) - Int(before)
        var usage = rusage()
        unsafe getrusage(0, &usage)
        peakBytes = usage.ru_maxrss * 1024
    }

    /// The value that so large a share of the runs stays at or below.
    func quantile(_ share: Double) -> Double {
        values[min(values.count - 1, Int((Double(values.count - 1) * share).rounded(.up)))]
    }

    var json: String {
        #"{"name":"\#(name)","unit":"\#(unit)","runs":\#(values.count),"min":\#(quantile(0)),"median":\#(quantile(0.5)),"#
            + #""p99":\#(quantile(0.99)),"p999":\#(quantile(0.999)),"allocations":\#(allocations),"peak_bytes":\#(peakBytes)}"#
    }

    var text: String {
        func short(_ value: Double) -> String {
            value >= 1e6
                ? "\((value / 1e4).rounded() / 100) M"
                : value >= 1e4 ? "\((value / 10).rounded() / 100) k" : "\((value * 10).rounded() / 10)"
        }
        return
            "\(name): median \(short(quantile(0.5))) \(unit), best \(short(unit == "ns" ? quantile(0) : quantile(1)))\n"
    }
}
