import Community
import Foundation
import SiteConfiguration
import Testing

@testable import Daemon
@testable import SiteLoading

@Suite struct ConfigStoreTests {
    private static func source(_ text: String) -> SiteSource {
        var files = Settings.SourceFiles()
        files.text = Array(text.utf8)
        files.mappings["/etc/shouwang/feeds/a.yaml"] = [1, 2, 3]
        let registry = RegistryFiles(files: [("places.csv", "/etc/shouwang/registry/places.csv", [4, 5])])
        return SiteSource(config: "/etc/shouwang/shouwang.yaml", files: files, registry: registry)
    }

    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("configs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test func `the last good configuration comes back byte for byte`() throws {
        try ConfigStoreTests.inFolder { folder in
            let store = ConfigStore(store: folder)
            #expect(store.current == nil)
            #expect(store.lastGood(of: "/etc/shouwang/shouwang.yaml") == nil)
            for text in ["site: 1", "site: 2"] { #expect(store.keep(ConfigStoreTests.source(text))) }
            let back = try #require(store.lastGood(of: "/etc/shouwang/shouwang.yaml"))
            #expect(back.files.text == Array("site: 2".utf8))
            #expect(back.files.mappings == ["/etc/shouwang/feeds/a.yaml": [1, 2, 3]])
            #expect(back.registry.files.map(\.name) == ["places.csv"])
            #expect(back.registry.files.map(\.bytes) == [[4, 5]])
            #expect(back.hash == store.current)
            #expect(store.lastGood(of: "/etc/other.yaml") == nil, "another site's is not ours")
        }
    }

    @Test func `a kept file that was changed is not taken`() throws {
        try ConfigStoreTests.inFolder { folder in
            let store = ConfigStore(store: folder)
            let source = ConfigStoreTests.source("site: 1")
            #expect(store.keep(source))
            try Data([9]).write(to: URL(fileURLWithPath: store.folder + "/" + source.hash + "/places.csv"))
            #expect(store.read(hash: source.hash) == nil)
        }
    }

    @Test func `what a version without built-in rules kept is read, and is another configuration`() throws {
        try ConfigStoreTests.inFolder { folder in
            let store = ConfigStore(store: folder)
            let source = ConfigStoreTests.source("site: 1")
            #expect(store.keep(source))
            // As that version would have written it: under its own name.
            #expect(source.formerHash != source.hash)
            try FileManager.default.moveItem(
                atPath: store.folder + "/" + source.hash, toPath: store.folder + "/" + source.formerHash)
            try Data(source.formerHash.utf8).write(to: URL(fileURLWithPath: store.folder + "/current"))
            let kept = try #require(store.lastGood(of: "/etc/shouwang/shouwang.yaml"))
            #expect(kept.files.text == source.files.text && kept.hash == source.hash)
        }
    }

    @Test func `every part of a site changes its hash`() {
        let base = ConfigStoreTests.source("a")
        var mapping = base
        mapping.files.mappings["/etc/shouwang/feeds/a.yaml"] = [1, 2]
        var sheet = base
        sheet.registry.files[0].bytes = [5, 4]
        #expect(Set([base, ConfigStoreTests.source("b"), mapping, sheet].map(\.hash)).count == 4)
    }

    @Test(
        arguments: [
            "store: {path: /data/box, journal: {sync: batch}}", "store:\n  path: \"/data/box\"\n\tx: [",
            "store:\n  path: '/data/box'",
        ])
    func `the store of a configuration that cannot be read is looked for where its text points`(_ text: String) throws {
        try ConfigStoreTests.inFolder { folder in
            let config = folder + "/shouwang.yaml"
            try Data(text.utf8).write(to: URL(fileURLWithPath: config))
            let found = ConfigStore.candidates(config: config, environment: ["STATE_DIRECTORY": "/state"])
            #expect(found == ["/data/box", "/state", "/var/lib/shouwang"])
        }
    }
}
