import DashStream
import Terminal

/// Rewards and numbers of rounds as text of a fixed width.
enum RewardText {
    /// A reward with three decimals, and a bar of 20 signs for 0 to 1.
    static func bar(_ reward: Double) -> String {
        let bar = String(repeating: "#", count: length(reward, of: 20))
        return "reward \(fixed(reward))  " + bar + String(repeating: " ", count: 20 - bar.count)
    }

    /// A share of a bar's width.
    static func length(_ share: Double, of width: Int) -> Int {
        Int((max(0, min(1, share.isFinite ? share : 0)) * Double(width)).rounded())
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    static func fixed(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e6 else { return "–" }
        let thousandths = Int(saturating: (abs(value) * 1000).rounded())
        let rest = String(thousandths % 1000)
        return "\(value < 0 ? "-" : "")\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
}
