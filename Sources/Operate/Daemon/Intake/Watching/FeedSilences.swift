import FileIO

/// `feeds` in the store: how long each feed has brought nothing, a line each. Used on the intake's thread.
struct FeedSilences {
    let path: String

    init(store: String) { path = store + "/feeds" }

    /// By topic, milliseconds; empty where there is none to read. A line that cannot be read is left out.
    func read() -> [String: Int64] {
        var silences: [String: Int64] = [:]
        for line in String(decoding: FileReading.all(path) ?? [], as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let silence = Int64(parts[0]), silence >= 0 else { continue }
            silences[String(parts[1])] = silence
        }
        return silences
    }

    /// Where that fails, silence is counted again after the next start.
    func write(_ feeds: [FeedWatch.Feed]) {
        let lines = feeds.map { "\($0.silence) \($0.topic)" }.joined(separator: "\n")
        _ = FileWriting.replace(path, with: Array(lines.utf8))
    }
}
