import CDispatch
import FileIO
import Foundation
import Glibc
import Timekeeping

/// Which filters the broker's session stands for, and at which quality, as far as it was confirmed: when they change,
/// the session is subscribed again. Its file is as old as the last change.
///
/// A first line `qos 1`, then a filter a line. An older mark has the filters alone; it holds nothing.
struct SubscriptionMark {
    /// A broker that is killed comes back with the session of its last save, without filters that were confirmed since.
    /// For so long after a change nobody relies on the session; mosquitto saves every half hour where nobody says else.
    static let youngFor = Milliseconds.hours(24)

    let path: String

    init(store: String) { path = store + "/subscriptions" }

    /// Those that the mark names.
    var filters: [String] {
        let lines = String(decoding: FileReading.all(path) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
        guard let first = lines.first, first.hasPrefix("qos "), Int(first.dropFirst(4)) != nil else { return lines }
        return Array(lines.dropFirst())
    }

    func holds(_ filters: [String], qos: Int) -> Bool { FileReading.all(path) == SubscriptionMark.bytes(filters, qos) }

    /// Writes nothing where the mark says so already.
    /// - Returns: whether it stands.
    func set(_ filters: [String], qos: Int) -> Bool {
        holds(filters, qos: qos) || FileWriting.replace(path, with: SubscriptionMark.bytes(filters, qos)) == 0
    }

    /// Whether it was written less than ``youngFor`` ago. So is one from the future: the clock was wrong.
    /// - Parameter wall: milliseconds since 1970.
    func isYoung(wall: Int64) -> Bool {
        let changed = Int64(Store.changedAt(path))
        return changed > 0 && wall - changed * 1000 < SubscriptionMark.youngFor.count
    }

    /// Taken away before a subscription: until it is confirmed nothing is known of the session.
    func clear() { unsafe unlink(path) }

    private static func bytes(_ filters: [String], _ qos: Int) -> [UInt8] {
        Array((["qos \(qos)"] + filters).joined(separator: "\n").utf8)
    }
}
