import Foundation
import Testing

@testable import ConfigReading
@testable import SiteConfiguration

@Suite struct SecretTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test(arguments: [
        ("pa55\n", "pa55"), ("pa55\r\n", "pa55"), ("pa55", "pa55"), ("a b\n\n", "a b"), ("密码\n", "密码"),
        ("\u{FEFF}pa55\r\n", "pa55"), ("pa55 \t\r\n", "pa55"), ("pa55\n\n\r\n", "pa55"),
        (" a\u{FEFF}b\0", " a\u{FEFF}b"),
    ])
    func `a byte order mark, and blanks and line ends behind, are no part of the secret`(
        _ written: String, _ read: String
    ) throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("key")
            try Data(written.utf8).write(to: file)
            #expect(try SecretSource.file(file.path).read() == read)
        }
    }

    @Test func `a variable and a systemd credential are read`() throws {
        #expect(try SecretSource.env("KEY").read(environment: ["KEY": "v"]) == "v")
        #expect(try SecretSource.env("KEY").read(environment: ["KEY": "v\r"]) == "v")
        try withFolder { folder in
            try Data("w\n".utf8).write(to: folder.appendingPathComponent("hook"))
            #expect(
                try SecretSource.credential("hook").read(environment: ["CREDENTIALS_DIRECTORY": folder.path]) == "w")
        }
    }

    @Test func `what cannot be read says which place, never a value`() throws {
        #expect(throws: SecretError.noVariable(name: "KEY")) { try SecretSource.env("KEY").read(environment: [:]) }
        #expect(throws: SecretError.empty(place: "env KEY")) {
            try SecretSource.env("KEY").read(environment: ["KEY": ""])
        }
        #expect(throws: SecretError.noCredentialsDirectory(name: "a")) {
            try SecretSource.credential("a").read(environment: [:])
        }
        try withFolder { folder in
            let path = folder.path
            #expect(throws: SecretError.unreadable(path: path, why: "it is a folder")) {
                try SecretSource.file(path).read()
            }
            #expect(throws: SecretError.unreadable(path: path + "/x", why: "no such file")) {
                try SecretSource.file(path + "/x").read()
            }
            let file = folder.appendingPathComponent("key")
            try Data([0xFF, 0xFE]).write(to: file)
            #expect(throws: SecretError.notText(path: file.path)) { try SecretSource.file(file.path).read() }
            try Data("\u{FEFF} \r\n".utf8).write(to: file)
            #expect(throws: SecretError.empty(place: "file \(file.path)")) { try SecretSource.file(file.path).read() }
            try Data([UInt8](repeating: 0x61, count: SecretSource.bytesMax + 1)).write(to: file)
            #expect(throws: SecretError.self) { try SecretSource.file(file.path).read() }
        }
    }
}
