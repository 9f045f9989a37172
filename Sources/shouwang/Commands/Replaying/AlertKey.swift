import Alerts
import Foundation
import RecordLog
import Timekeeping
import Vocabulary

/// What identifies a raised alert when two outputs are compared.
struct AlertKey: Hashable {
    var change: String
    var id: String
    var rule: String
    var key: String
    var started: Instant

    init(_ change: AlertChange) {
        self.change = change.change.rawValue
        id = change.id
        rule = change.rule
        key = change.key
        started = change.started
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
            started = Instant(milliseconds: microseconds / 1000)
        } catch {
            return nil
        }
    }
}
