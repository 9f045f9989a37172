import Cases
import StateCoding
import Timekeeping
import Vocabulary

/// The alerts that are over, for as long as something could bring one back: what is told of an alert behind its end
/// meets its end here, and not a page of the ledger from before it.
///
/// Only where people act is anything brought back, so that a store without acts has none. Each is kept for ``kept``, at
/// most ``most`` of them, the oldest dropped first. Law: what was written and read again drops the same as what was
/// not. Cost: about 60 bytes an alert, and 8 an act's key; O(1).
struct OverAlerts: Sendable {
    static let most = 100_000
    static let kept = Case.reopenableFor

    struct Entry: Equatable, Sendable {
        var state: AlertState
        /// When it ended.
        var at: Instant
        /// Of what people have done to it.
        var keys: ActKeys
    }

    private var entries: [UInt64: Entry] = [:]
    /// As they ended; one that is open again, or has ended again since, stands here nevertheless.
    private var order: [(number: UInt64, at: Instant)] = []
    /// Before it `order` was taken out.
    private var first = 0
    private let most: Int

    init(most: Int = OverAlerts.most) { self.most = most }

    var count: Int { entries.count }

    subscript(number: UInt64) -> Entry? { entries[number] }

    /// An alert has ended.
    mutating func insert(_ number: UInt64, _ entry: Entry) {
        entries[number] = entry
        order.append((number, entry.at))
        while let oldest = first < order.count ? order[first] : nil,
            entries.count > most || entry.at - oldest.at > OverAlerts.kept
        {
            if entries[oldest.number]?.at == oldest.at { entries[oldest.number] = nil }
            first += 1
        }
        if first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
    }

    /// Somebody has done something to it which left it as it was.
    mutating func set(_ keys: ActKeys, of number: UInt64) { entries[number]?.keys = keys }

    /// It is open again.
    mutating func remove(_ number: UInt64) { entries[number] = nil }

    // MARK: State

    func write(to writer: inout StateWriter) {
        let alive = order[first...].filter { entries[$0.number]?.at == $0.at }
        writer.array(alive) { writer, item in
            let entry = entries[item.number]
            writer.word(item.number)
            writer.instant(item.at)
            writer.truth(entry?.state == .closed)
            writer.words(entry?.keys.all ?? [])
        }
    }

    init(from reader: inout StateReader, most: Int = OverAlerts.most) throws(StateError) {
        self.init(most: most)
        let read = try reader.array(ofSize: 18) { (reader) throws(StateError) in
            let number = try reader.word()
            let at = try reader.instant()
            let state: AlertState = try reader.truth() ? .closed : .resolved
            return (number: number, entry: Entry(state: state, at: at, keys: ActKeys(try reader.words())))
        }
        for (number, entry) in read {
            entries[number] = entry
            order.append((number, entry.at))
        }
    }
}
