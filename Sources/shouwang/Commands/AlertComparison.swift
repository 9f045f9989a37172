import Alerts
import Foundation
import Timekeeping

/// What identifies a raised alert when two outputs are compared.
struct AlertKey: Hashable {
    var change: String
    var id: String
    var rule: String
    var key: String
    var started: String

    init(_ change: AlertChange) {
        self.change = change.change.rawValue
        id = change.id
        rule = change.rule
        key = change.key
        started = ISO8601.write(change.started, in: .utc)
    }

    private struct Fields: Decodable {
        var change: String
        var id: String
        var rule: String
        var key: String
        var started: String
    }

    /// Reads a line of an earlier output; nil where it is none.
    init?(line: Data) {
        do {
            let fields = try JSONDecoder().decode(Fields.self, from: Data(line))
            guard case .instant(let microseconds) = ISO8601.read(fields.started) else { return nil }
            change = fields.change
            id = fields.id
            rule = fields.rule
            key = fields.key
            started = ISO8601.write(Instant(milliseconds: microseconds / 1000), in: .utc)
        } catch {
            return nil
        }
    }
}

/// Alerts added, lost and moved (same rule and key, another start) between two outputs of `replay --alerts`.
struct AlertComparison {
    let now: [AlertKey]
    private let before: [AlertKey]

    /// Reads an earlier output; to be done before the new one is written, which may be the same file.
    static func raised(in path: String) throws -> [AlertKey] {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            Talk.say("\(path): cannot be read: \(error.localizedDescription)")
            throw Exit.noInput
        }
        return data.split(separator: 0x0A).compactMap { AlertKey(line: Data($0)) }.filter { $0.change == "raised" }
    }

    init(now: [AlertKey], before: [AlertKey]) {
        self.now = now
        self.before = before
    }

    /// Prints the differences; throws exit code 1 where there are any.
    func finish() throws {
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
        for alert in added { Talk.write("added \(alert.rule) \(alert.key) \(alert.started) \(alert.id)\n", to: 1) }
        for alert in lost { Talk.write("lost \(alert.rule) \(alert.key) \(alert.started) \(alert.id)\n", to: 1) }
        for (from, to) in moved {
            Talk.write("moved \(from.rule) \(from.key) \(from.started) -> \(to.started)\n", to: 1)
        }
        if !(added.isEmpty && lost.isEmpty && moved.isEmpty) { throw Exit.differs }
        Talk.say("no alert was added, lost or moved (\(new.count) compared)")
    }
}
