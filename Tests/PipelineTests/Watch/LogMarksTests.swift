import Testing

@testable import Pipeline

@Suite struct LogMarksTests {
    @Test func betweenMarksTheLogIsTakenToBeEven() {
        var marks = LogMarks()
        #expect(marks.distance(from: 0) == nil)
        marks.set(at: 100, bytes: 0, time: 1000)
        marks.set(at: 200, bytes: 5000, time: 2000)
        marks.set(at: 300, bytes: 6000, time: 5000)
        #expect(marks.distance(from: 300) == .init(bytes: 0, time: 0))
        #expect(marks.distance(from: 200) == .init(bytes: 1000, time: 3000))
        #expect(marks.distance(from: 150) == .init(bytes: 3500, time: 3500))
        // what was read before the first mark is not known
        #expect(marks.distance(from: 7) == .init(bytes: 6000, time: 4000))
    }

    @Test func withoutATimeThereAreBytesOnly() {
        var marks = LogMarks()
        marks.set(at: 10, bytes: 0, time: nil)
        marks.set(at: 20, bytes: 100, time: nil)
        #expect(marks.distance(from: 15) == .init(bytes: 50, time: nil))
    }

    @Test func aDayOfMarksIsBoundedAndStillTellsFarDistances() {
        var marks = LogMarks()
        for second in 0...86_400 {
            marks.set(at: Int64(second) * 100, bytes: second * 10_000, time: Int64(second) * 1000)
        }
        #expect(marks.count <= LogMarks.limit)
        let far = marks.distance(from: 100 * 3600)
        #expect(far == .init(bytes: (86_400 - 3600) * 10_000, time: (86_400 - 3600) * 1000))
    }

    @Test func aPlaceIsMarkedOnce() {
        var marks = LogMarks()
        for _ in 0..<3 { marks.set(at: 5, bytes: 1, time: .max) }
        #expect(marks.count == 1)
        #expect(marks.distance(from: .min) == .init(bytes: 0, time: 0))
    }

    @Test func noNumberTraps() {
        var marks = LogMarks()
        marks.set(at: .min, bytes: 0, time: .min)
        marks.set(at: .max, bytes: .max, time: .max)
        #expect(marks.distance(from: 0) != nil)
        #expect(marks.distance(from: .min) != nil)
    }
}
