/// The page, whole.
public enum WatchPage {
    /// HTML with its style and its script.
    public static let html = "<!doctype html><title>dash-reinforce</title>"
}
