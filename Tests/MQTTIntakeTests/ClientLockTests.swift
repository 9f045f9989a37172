import Foundation
import Glibc
import Testing

@testable import MQTTIntake

@Suite struct ClientLockTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/lock-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// A port that no other run of these tests locks an id at; nothing listens or connects.
    private func port() -> UInt16 { UInt16(getpid() % 1000 + 1) }
    private func id() -> String { "test-" + UUID().uuidString }

    private func problem(_ ids: [String], _ host: String, _ port: UInt16) -> ClientLock.Problem? {
        do {
            _ = try ClientLock(clientIDs: ids, host: host, port: port)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "127.0.0.2", "::ffff:127.0.0.1"])
    func `a second holder is told the process that has the id, by whichever address it reaches the broker`(
        host: String
    ) throws {
        let (id, port) = (id(), port())
        let lock = try ClientLock(clientIDs: [id], host: "127.0.0.1", port: port)
        #expect(problem([id], host, port) == .held(clientID: id, by: getpid()))
        #expect(problem(["other-" + id], host, port) == nil)
        #expect(problem([id], host, port + 1) == nil)
        lock.close()
        #expect(problem([id], host, port) == nil)
    }

    @Test func `an address of this machine's own interfaces is this machine`() throws {
        let places = BrokerPlaces.names(of: "localhost")
        #expect(places.contains(BrokerPlaces.here))
        #expect(BrokerPlaces.names(of: "192.0.2.7") == ["192.0.2.7", "name=192.0.2.7"])
        #expect(BrokerPlaces.names(of: "no-such-host.invalid") == ["name=no-such-host.invalid"])
        #expect(BrokerPlaces.names(of: "No-Such-Host.invalid.") == ["name=no-such-host.invalid"])
    }

    @Test func `two that share one of a broker's addresses share the broker`() throws {
        let (id, port) = (id(), port())
        let lock = try ClientLock(clientIDs: [id], places: ["192.0.2.1", "192.0.2.2"], port: port)
        func isHeld(_ places: [String]) -> Bool {
            do {
                _ = try ClientLock(clientIDs: [id], places: places, port: port)
                return false
            } catch {
                return error == .held(clientID: id, by: getpid())
            }
        }
        #expect(isHeld(["192.0.2.2", "192.0.2.3"]))
        // Who did not get all has kept none.
        #expect(!isHeld(["192.0.2.3"]))
        lock.close()
    }

    @Test func `one id of several is enough, and none is kept`() throws {
        let (id, port) = (id(), port())
        let lock = try ClientLock(clientIDs: [id + "-out"], host: "192.0.2.7", port: port)
        #expect(problem([id, id + "-out"], "192.0.2.7", port) == .held(clientID: id + "-out", by: getpid()))
        #expect(problem([id], "192.0.2.7", port) == nil)
        lock.close()
    }

    @Test func `a store has one holder, whatever the client ids, and is free again after its lock has ended`() throws {
        func problem(_ folder: String) -> ClientLock.Problem? {
            do {
                _ = try ClientLock(store: folder)
                return nil
            } catch {
                return error
            }
        }
        try withFolder { folder in
            let lock = try ClientLock(store: folder)
            let id = try ClientLock(clientIDs: [id()], host: "192.0.2.7", port: 1)
            #expect(problem(folder) == .storeHeld(folder: folder, by: getpid()))
            id.close()
            lock.close()
            #expect(problem(folder) == nil)
        }
        #expect(problem("/nonexistent-folder") == .unusable(path: "/nonexistent-folder/lock", errno: ENOENT))
    }

    @Test(arguments: [("../a/b", "../a%2fb"), ("a b", "a%20b"), ("门", "%e9%97%a8"), ("x#1", "x%231")])
    func `two ids do not meet, whatever characters they have`(_ one: String, _ other: String) throws {
        let port = port()
        let lock = try ClientLock(clientIDs: [one], host: "192.0.2.9", port: port)
        #expect(problem([other], "192.0.2.9", port) == nil)
        #expect(problem([one], "192.0.2.9", port) == .held(clientID: one, by: getpid()))
        lock.close()
    }

    @Test func `ids that are longer than a name may be are told apart too`() throws {
        let port = port()
        let long = String(repeating: "x", count: 300) + UUID().uuidString
        let lock = try ClientLock(clientIDs: [long + "a"], host: "192.0.2.9", port: port)
        #expect(problem([long + "b"], "192.0.2.9", port) == nil)
        #expect(problem([long + "a"], "192.0.2.9", port) == .held(clientID: long + "a", by: getpid()))
        lock.close()
    }
}
