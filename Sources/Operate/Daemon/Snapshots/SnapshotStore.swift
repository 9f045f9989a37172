import FileIO
import Glibc
import Timekeeping

/// `snapshots/`: the pipeline's state, one file each, named `{record, 20 digits}-{day}.snapshot`. The content checks
/// itself; a name stands for a whole file, because it is written aside, synced and renamed.
struct SnapshotStore: Sendable {
    /// The last three, and the last one of each of seven days.
    static let newestKept = 3
    static let daysKept = 7

    struct Entry: Equatable, Sendable {
        /// The last record that is in it.
        var record: Int64
        /// Of its engine clock, UTC: days since the epoch.
        var day: Int
        var name: String
    }

    let folder: String

    init(store: String) { folder = store + "/snapshots" }

    /// The newest first.
    var entries: [Entry] {
        Store.names(in: folder).compactMap(SnapshotStore.entry).sorted { $0.record > $1.record }
    }

    private static func entry(_ name: String) -> Entry? {
        guard name.hasSuffix(".snapshot") else { return nil }
        let parts = name.dropLast(9).split(separator: "-")
        guard parts.count == 2, parts[0].count == 20, let record = Int64(parts[0]), let day = Int(parts[1]) else {
            return nil
        }
        return Entry(record: record, day: day, name: name)
    }

    func read(_ entry: Entry) -> [UInt8]? { FileReading.all(folder + "/" + entry.name) }

    /// Writes one so that it is there whole or not at all, and removes those that are not kept any more.
    /// - Returns: false where the disk did not take it.
    func write(_ bytes: [UInt8], record: Int64, clock: Instant) -> Bool {
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else { return false }
        let digits = String(record)
        let day = clock.milliseconds / 86_400_000
        let name = String(repeating: "0", count: max(20 - digits.count, 0)) + digits + "-\(day).snapshot"
        guard FileWriting.replace(folder + "/" + name, with: bytes) == 0 else { return false }
        prune()
        return true
    }

    private func prune() {
        let all = entries
        let kept = SnapshotStore.kept(all)
        for entry in all where !kept.contains(entry) { unsafe unlink(folder + "/" + entry.name) }
        for name in Store.names(in: folder) where name.hasSuffix(".new") { unsafe unlink(folder + "/" + name) }
    }

    /// Of entries, the newest first, those that are kept.
    static func kept(_ entries: [Entry]) -> [Entry] {
        var days: Set<Int> = []
        let newestDay = entries.first?.day ?? 0
        return entries.enumerated().filter { index, entry in
            let isFirstOfDay = days.insert(entry.day).inserted
            return index < newestKept || isFirstOfDay && newestDay - entry.day < daysKept && newestDay >= entry.day
        }.map(\.element)
    }
}
