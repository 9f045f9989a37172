import Foundation
import Glibc
import MQTTIntake
import Testing

@Suite struct ClientLockTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/lock-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func problem(_ id: String, _ folder: String) -> ClientLock.Problem? {
        do {
            _ = try ClientLock(clientID: id, folder: folder)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a second holder is told the process that has the id`() throws {
        try withFolder { folder in
            let lock = try ClientLock(clientID: "shouwang-hgs", folder: folder)
            #expect(problem("shouwang-hgs", folder) == .held(clientID: "shouwang-hgs", by: getpid()))
            lock.close()
        }
    }

    @Test func `an id is free again after its lock has ended`() throws {
        try withFolder { folder in
            let lock = try ClientLock(clientID: "one", folder: folder)
            lock.close()
            #expect(problem("one", folder) == nil)
        }
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
            let id = try ClientLock(clientID: "one", folder: folder)
            #expect(problem(folder) == .storeHeld(folder: folder, by: getpid()))
            id.close()
            lock.close()
            #expect(problem(folder) == nil)
        }
    }

    @Test func `two ids do not meet, whatever characters they have`() throws {
        try withFolder { folder in
            let lock = try ClientLock(clientID: "../a/b", folder: folder)
            #expect(problem("../a%2fb", folder) == nil)
            #expect(problem("../a/b", folder) == .held(clientID: "../a/b", by: getpid()))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
            lock.close()
        }
    }

    @Test func `a missing folder and an endless id are told`() {
        let path = "/nonexistent-folder/mqtt-a.lock"
        #expect(problem("a", "/nonexistent-folder") == .unusable(path: path, errno: ENOENT))
        let id = String(repeating: "x", count: 246)
        #expect(problem(id, "/nonexistent-folder") == .nameTooLong(clientID: id))
    }
}
