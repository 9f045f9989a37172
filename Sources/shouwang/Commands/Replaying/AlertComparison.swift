import Alerts
import Foundation
import RecordLog
import Terminal
import Timekeeping

/// Alerts added, lost and moved (same rule and key, another start) between two outputs of `replay --alerts`.
struct AlertComparison {
    let now: [AlertKey]
    private let before: [AlertKey]

    /// Reads an earlier output. One without a line is an output as well: nothing was raised.
    /// - Throws: 66 where it cannot be read, 65 where it is anything else, with the line.
    static func raised(in path: String) throws -> [AlertKey] {
        if FileIdentity.folder(path) != nil { throw none(path, "it is a folder") }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            StandardError.print("--compare \(path): cannot be read: \(error.localizedDescription)")
            throw Exit.noInput
        }
        if data.starts(with: [0x1F, 0x8B]) { throw none(path, "it is gzip; unpack it first: gzip -d \(path)") }
        if let form = ForeignForm.of(Array(data.prefix(ForeignForm.headMax))) { throw none(path, "it is \(form.name)") }
        var raised: [AlertKey] = []
        for (index, line) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let text = index == 0 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
            if text.allSatisfy({ $0 <= 0x20 }) { continue }
            guard let key = AlertKey(line: Data(text)) else {
                throw none("\(path):\(index + 1)", "the line is no alert change")
            }
            if key.change == "raised" { raised.append(key) }
        }
        return raised
    }

    private static func none(_ place: String, _ why: String) -> any Error {
        StandardError.print("\(place): --compare wants what replay --alerts wrote: \(why)")
        return Exit.badData
    }

    init(now: [AlertKey], before: [AlertKey]) {
        self.now = now
        self.before = before
    }

    /// Prints the differences, times in the site's zone; throws exit code 1 where there are any.
    func finish(zone: Zone) throws {
        func time(_ alert: AlertKey) -> String { ISO8601.write(alert.started, in: zone) }
        let old = before
        let new = now.filter { $0.change == "raised" }
        let oldIDs = Set(old.map(\.id))
        let newIDs = Set(new.map(\.id))
        var added = new.filter { !oldIDs.contains($0.id) }
        var lost = old.filter { !newIDs.contains($0.id) }
        var moved: [(AlertKey, AlertKey)] = []
        for alert in lost {
            guard let match = added.firstIndex(where: { $0.rule == alert.rule && $0.key == alert.key }) else {
                continue
            }
            moved.append((alert, added.remove(at: match)))
        }
        lost.removeAll { alert in moved.contains { $0.0 == alert } }
        for alert in added {
            StandardError.write("added \(alert.rule) \(alert.key) \(time(alert)) \(alert.id)\n", to: 1)
        }
        for alert in lost { StandardError.write("lost \(alert.rule) \(alert.key) \(time(alert)) \(alert.id)\n", to: 1) }
        for (from, to) in moved {
            StandardError.write("moved \(from.rule) \(from.key) \(time(from)) -> \(time(to))\n", to: 1)
        }
        if !(added.isEmpty && lost.isEmpty && moved.isEmpty) { throw Exit.differs }
        StandardError.print("no alert was added, lost or moved (\(new.count) compared)")
    }
}
