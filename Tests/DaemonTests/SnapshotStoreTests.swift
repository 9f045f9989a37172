import Foundation
import Testing
import Timekeeping

@testable import Daemon

@Suite struct SnapshotStoreTests {
    @Test func `the last three are kept, and the last one of each of seven days`() {
        var entries: [SnapshotStore.Entry] = []
        // Ten days, six a day, the newest first.
        for day in stride(from: 100, to: 90, by: -1) {
            for part in stride(from: 6, to: 0, by: -1) {
                entries.append(.init(record: Int64(day * 10 + part), day: day, name: "\(day)-\(part)"))
            }
        }
        let kept = SnapshotStore.kept(entries).map(\.name)
        #expect(kept == ["100-6", "100-5", "100-4", "99-6", "98-6", "97-6", "96-6", "95-6", "94-6"])
        #expect(SnapshotStore.kept([]).isEmpty)
    }

    @Test func `what is written is there whole under its name, the newest first`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("snapshots-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = SnapshotStore(store: folder.path)
        #expect(store.entries.isEmpty)
        let day = Instant(milliseconds: 86_400_000 * 20_000)
        for record in [5, 70, 600, 8000, 90_000] as [Int64] {
            #expect(store.write([UInt8](repeating: UInt8(record % 251), count: 1000), record: record, clock: day))
        }
        #expect(store.entries.map(\.record) == [90_000, 8000, 600])
        #expect(store.entries.first.flatMap(store.read) == [UInt8](repeating: UInt8(90_000 % 251), count: 1000))
    }
}
