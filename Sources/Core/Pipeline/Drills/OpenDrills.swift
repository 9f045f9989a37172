import StateCoding
import Timekeeping

/// The drills that have not ended: which alert each raised, and when it ends by itself.
///
/// States of a drill here: none → open, by its record → none, ``length`` later, whatever people made of its alert
/// meanwhile. So a record that is told twice within that time is known. At most ``most`` are open. Cost: O(``most``)
/// a drill, nothing a record; in a snapshot only where there is one.
struct OpenDrills: Sendable {
    static let length = Milliseconds.hours(2)
    /// More than a site practises at once; each has a timer.
    static let most = 64

    struct Entry: Equatable, Sendable {
        var id: String
        /// The alert's id.
        var alert: String
        var ends: Instant
    }

    /// Of the timers.
    let owner: Int32
    /// By place; nil: free.
    private var entries: [Entry?] = []

    init(owner: Int32) { self.owner = owner }

    var isEmpty: Bool { entries.allSatisfy { $0 == nil } }
    var isFull: Bool { entries.count { $0 != nil } >= OpenDrills.most }

    func contains(_ id: String) -> Bool { entries.contains { $0?.id == id } }

    /// - Returns: its place, for the timer.
    mutating func insert(_ entry: Entry) -> Int32 {
        let free = entries.firstIndex { $0 == nil } ?? entries.count
        if free == entries.count { entries.append(nil) }
        entries[free] = entry
        return Int32(free)
    }

    /// Ends the drill of a place.
    /// - Returns: its alert's id; nil where there is none.
    mutating func remove(_ place: Int32) -> String? {
        guard entries.indices.contains(Int(place)) else { return nil }
        defer { entries[Int(place)] = nil }
        return entries[Int(place)]?.alert
    }

    mutating func shift(by length: Milliseconds) {
        for place in entries.indices {
            guard let ends = entries[place]?.ends else { continue }
            entries[place]?.ends = ends.shifted(by: length)
        }
    }

    /// The places that have a drill, with their ends.
    var deadlines: [(place: Int32, ends: Instant)] {
        entries.enumerated().compactMap { place, entry in entry.map { (Int32(place), $0.ends) } }
    }

    // MARK: State

    /// Writes nothing where there is none.
    func write(to writer: inout StateWriter) {
        if isEmpty { return }
        let section = writer.open("DRIL", version: 1)
        writer.array(entries.enumerated().filter { $0.element != nil }) { writer, item in
            writer.integer(item.offset)
            writer.text(item.element?.id ?? "")
            writer.text(item.element?.alert ?? "")
            writer.instant(item.element?.ends ?? .distantPast)
        }
        writer.close(section)
    }

    /// Reads into a fresh one.
    mutating func read(from reader: inout StateReader) throws(StateError) {
        let section = try reader.open("DRIL", version: 1)
        try reader.each(ofSize: 11) { (reader) throws(StateError) in
            let place = try reader.natural()
            let entry = Entry(id: try reader.text(), alert: try reader.text(), ends: try reader.instant())
            guard place < OpenDrills.most else { throw reader.damaged("the place of a drill") }
            while entries.count <= place { entries.append(nil) }
            guard entries[place] == nil else { throw reader.damaged("each drill once") }
            entries[place] = entry
        }
        try reader.close(section)
    }
}
