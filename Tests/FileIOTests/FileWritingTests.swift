import Foundation
import Testing

@testable import FileIO

@Suite struct FileWritingTests {
    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/file-io-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test func `a file is replaced whole, and nothing is left beside it`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/mark"
        #expect(FileWriting.replace(path, with: Array("one".utf8)) == 0)
        #expect(FileWriting.replace(path, with: Array("a longer two".utf8)) == 0)
        #expect(FileReading.all(path) == Array("a longer two".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["mark"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `what cannot be written says why, and leaves what was there`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(FileWriting.replace(folder + "/none/mark", with: [1]) == ENOENT)
        // A folder stands where the file should: the rename fails, not the writing.
        try FileManager.default.createDirectory(atPath: folder + "/mark/inner", withIntermediateDirectories: true)
        #expect([EISDIR, ENOTEMPTY].contains(FileWriting.replace(folder + "/mark", with: [1])))
        #expect(FileManager.default.fileExists(atPath: folder + "/mark/inner"))
        #expect(FileWriting.sync(folder + "/none") == ENOENT)
    }

    @Test func `a part of a file is read from its offset, or not at all`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/bytes"
        #expect(FileWriting.replace(path, with: Array(0..<200)) == 0)
        let descriptor = unsafe open(path, O_RDONLY)
        defer { close(descriptor) }
        #expect(FileReading.bytes(of: descriptor, from: 190, count: 10) == Array(190..<200))
        #expect(FileReading.bytes(of: descriptor, from: 191, count: 10) == nil)
        #expect(FileReading.all(folder) == nil)
        #expect(FileReading.all(folder + "/none") == nil)
    }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b")])
    func `the folder of a path`(path: String, folder: String) {
        #expect(FileWriting.folder(of: path) == folder)
    }
}
