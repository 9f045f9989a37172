import Foundation
import Testing
import Timekeeping

@testable import Daemon

@Suite struct SubscriptionMarkTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private static var wall: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    @Test func `a mark holds for its filters at its quality alone`() throws {
        try SubscriptionMarkTests.inFolder { folder in
            let mark = SubscriptionMark(store: folder)
            #expect(!mark.holds(["a/#", "b"], qos: 1) && mark.filters.isEmpty)
            #expect(mark.set(["a/#", "b"], qos: 1))
            #expect(mark.holds(["a/#", "b"], qos: 1))
            #expect(!mark.holds(["a/#", "b"], qos: 0) && !mark.holds(["a/#"], qos: 1))
            #expect(mark.filters == ["a/#", "b"])
            mark.clear()
            #expect(!mark.holds(["a/#", "b"], qos: 1))
        }
    }

    @Test func `an older mark without a quality gives its filters and holds nothing`() throws {
        try SubscriptionMarkTests.inFolder { folder in
            let mark = SubscriptionMark(store: folder)
            try Data("a/#\nb".utf8).write(to: URL(fileURLWithPath: mark.path))
            #expect(mark.filters == ["a/#", "b"])
            #expect(!mark.holds(["a/#", "b"], qos: 1))
        }
    }

    @Test func `a mark is as old as its last change`() throws {
        try SubscriptionMarkTests.inFolder { folder in
            let mark = SubscriptionMark(store: folder)
            let day = SubscriptionMark.youngFor.count
            #expect(!mark.isYoung(wall: SubscriptionMarkTests.wall))
            #expect(mark.set(["a"], qos: 1))
            #expect(mark.isYoung(wall: SubscriptionMarkTests.wall))
            #expect(mark.isYoung(wall: SubscriptionMarkTests.wall - day), "a time in the future")
            #expect(!mark.isYoung(wall: SubscriptionMarkTests.wall + day + 2000))
            let old = Date(timeIntervalSinceNow: -200_000)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: mark.path)
            #expect(mark.set(["a"], qos: 1))
            #expect(!mark.isYoung(wall: SubscriptionMarkTests.wall), "nothing was written")
            #expect(mark.set(["a"], qos: 0))
            #expect(mark.isYoung(wall: SubscriptionMarkTests.wall))
        }
    }
}
