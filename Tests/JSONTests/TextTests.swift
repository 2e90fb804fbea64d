import JSON
import Testing

/// A text is its bytes: what is no UTF-8 is none, and nothing is replaced.
@Suite struct TextTests {
    private static func text(_ bytes: [UInt8]) -> Text? { unsafe Text(utf8: bytes.span.bytes) }

    @Test(arguments: [
        "", "a", "fifteen bytes!!", "sixteen bytes!!!", "a thread's id that lies on the heap", "\0", "a\0b",
        "äöü", "日本語のテキスト、少し長い", "👩‍👩‍👧‍👦", "\u{FFFD}", "e\u{301}", "\u{10FFFF}",
    ])
    func everyStringComesBackAsItIs(_ string: String) {
        #expect(Self.text(Array(string.utf8))?.bytes == Array(string.utf8))
    }

    /// Replacing would give some of them as many bytes as they had.
    @Test(
        arguments: [
            [0x80], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x92],
            [0xF5, 0x80, 0x80, 0x80],
            [0xFF], [0x61, 0xF0, 0x9F, 0x92, 0x61], [0xEF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func whatIsNoUTF8IsNone(_ bytes: [UInt8]) {
        #expect(Self.text(bytes) == nil)
        #expect(Self.text(Array("some text before it ".utf8) + bytes + Array(" and behind".utf8)) == nil)
    }

    /// The library's own answer is the measure.
    @Test func itAgreesWithTheLibrary() {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % Int(bound)
        }
        let pieces: [[UInt8]] = ["a", "é", "語", "👍"].map { Array($0.utf8) }
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<next(9) { bytes += pieces[next(4)] }
            if !bytes.isEmpty, next(2) == 0 { bytes[next(UInt64(bytes.count))] = UInt8(next(256)) }
            if !bytes.isEmpty, next(3) == 0 { bytes.removeLast() }
            #expect(Self.text(bytes)?.string == String(validating: bytes, as: UTF8.self), "\(bytes)")
        }
    }
}
