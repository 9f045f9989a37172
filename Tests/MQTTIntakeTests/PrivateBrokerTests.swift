import Foundation
import Simulation
import Testing

@Suite struct PrivateBrokerTests {
    @Test func `nothing is left behind`() throws {
        var broker: PrivateBroker? = try PrivateBroker()
        let folder = try #require(broker?.folder)
        let pid = try #require(broker?.processID)
        #expect(FileManager.default.fileExists(atPath: "/proc/\(pid)"))
        broker = nil
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(pid)"))
    }

    @Test func `a broker that cannot start says why`() {
        var settings = PrivateBroker.Settings()
        settings.extraLines = ["no_such_setting 1"]
        #expect(throws: PrivateBroker.Problem.self) { try PrivateBroker(settings) }
    }

    @Test func `it comes back on the same port`() throws {
        let broker = try PrivateBroker()
        let first = broker.processID
        broker.kill()
        #expect(broker.processID == nil)
        try broker.start()
        #expect(broker.processID != nil && broker.processID != first)
    }
}
