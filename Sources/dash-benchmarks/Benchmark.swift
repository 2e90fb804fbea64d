import CMalloc
import Foundation

/// One thing that is measured: what it is called, and what one run of it does.
struct Benchmark {
    /// A path, most general first.
    let name: String
    /// `ns` for one item, `items/s`, or what ``amount`` counts.
    let unit: String
    /// Items of one run.
    let items: Int
    let run: () throws -> Void
    /// Done before every run, not measured.
    var prepare: () throws -> Void = {}
    /// Done before the first run and after the last, not measured.
    var begin: () -> Void = {}
    var end: () -> Void = {}
    /// One item, where the tail is over items rather than runs.
    var item: ((Int) -> Void)?
    /// What one run comes to, where that is no time.
    var amount: (() throws -> Double)?

    init(name: String, unit: String, items: Int, run: @escaping () throws -> Void) {
        self.name = name
        self.unit = unit
        self.items = items
        self.run = run
    }
}

/// What the runs of a benchmark took.
struct Measurement {
    let name: String
    let unit: String
    /// In the unit, sorted.
    let values: [Double]
    /// Of single items, sorted; empty where they are not measured one by one. Reading the clock is in them.
    let singles: [Double]
    /// Bytes that stay allocated after all runs.
    let allocations: Int
    let peakBytes: Int

    init(_ benchmark: Benchmark, runs: Int) throws {
        benchmark.begin()
        defer { benchmark.end() }
        try benchmark.prepare()
        try benchmark.run()  // warm-up
        var values: [Double] = []
        let before = cmalloc_bytes_in_use()
        for _ in 0..<runs {
            try benchmark.prepare()
            if let amount = benchmark.amount {
                values.append(try amount())
                continue
            }
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
        singles = try Self.measureSingles(benchmark, runs)
    }

    private static func measureSingles(_ benchmark: Benchmark, _ runs: Int) throws -> [Double] {
        guard let item = benchmark.item else { return [] }
        var times: [Double] = []
        times.reserveCapacity(runs * benchmark.items)
        for _ in 0..<runs {
            try benchmark.prepare()
            for index in 0..<benchmark.items {
                let start = ContinuousClock.now
                item(index)
                let elapsed = (ContinuousClock.now - start).components
                times.append(Double(elapsed.seconds) * 1e9 + Double(elapsed.attoseconds) / 1e9)
            }
        }
        return times.sorted()
    }

    /// The value that so large a share of the runs stays at or below; above the median, of single items where those are known.
    func quantile(_ share: Double) -> Double {
        let values = share > 0.5 && !singles.isEmpty ? singles : values
        return values[min(values.count - 1, Int((Double(values.count - 1) * share).rounded(.up)))]
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
            "\(name): median \(short(quantile(0.5))) \(unit), best \(short(unit == "ns" ? quantile(0) : quantile(1)))"
            + (singles.isEmpty
                ? ""
                : "; single p50 \(short(singles[singles.count / 2])), p99 \(short(quantile(0.99))), "
                    + "p99.9 \(short(quantile(0.999)))") + "\n"
    }
}
