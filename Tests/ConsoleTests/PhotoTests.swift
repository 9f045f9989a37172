import Cases
import Diagnostics
import Feeds
import FileIO
import Foundation
import JSONWriting
import Ledger
import NIOHTTP1
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Console

/// Photographs: what is taken, what is taken out of them, and who sees them.
@Suite struct PhotoTests {
    /// A segment of JPEG with its length.
    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + content
    }

    static let gps = Array("Exif\u{0}\u{0}GPS 30.5N 114.3E".utf8)

    /// A JPEG with Exif, XMP, a comment, a profile of colours, two scans and something behind its end.
    static let jpeg: [UInt8] =
        [0xFF, 0xD8] + segment(0xE0, Array("JFIF\u{0}".utf8)) + segment(0xE1, gps)
        + segment(0xE1, Array("http://ns.adobe.com/xap/1.0/ GPS".utf8)) + segment(0xFE, Array("GPS".utf8))
        + segment(0xE2, Array("ICC_PROFILE".utf8)) + segment(0xED, Array("GPS".utf8)) + segment(0xDB, [1, 2, 3])
        + segment(0xC2, [8, 0, 1, 0, 1]) + segment(0xDA, [1, 1]) + [5, 0xFF, 0x00, 6, 0xFF, 0xD3, 7]
        + segment(0xC4, [9]) + segment(0xDA, [1, 2]) + [8, 9] + [0xFF, 0xD9] + Array("GPS behind its end".utf8)

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (24 - 8 * $0)) }
        return length + Array(name.utf8) + content + [0, 0, 0, 0]
    }

    static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", [0, 0, 0, 1]) + chunk("eXIf", gps)
        + chunk("tEXt", Array("GPS".utf8)) + chunk("IDAT", [1, 2, 3]) + chunk("IEND", []) + Array("GPS".utf8)

    private static func riff(_ name: String, _ content: [UInt8]) -> [UInt8] {
        Array(name.utf8) + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
            + (content.count % 2 == 1 ? [0] : [])
    }

    static let webp: [UInt8] = {
        let chunks =
            riff("VP8X", [0x1C, 0, 0, 0, 1, 0, 0, 1, 0, 0]) + riff("VP8 ", [1, 2, 3]) + riff("EXIF", gps)
            + riff("XMP ", Array("GPS".utf8))
        return riff("RIFF", Array("WEBP".utf8) + chunks)
    }()

    private static func holdsGPS(_ bytes: [UInt8]) -> Bool {
        let wanted = Array("GPS".utf8)
        return bytes.indices.dropLast(2).contains { bytes[$0..<$0 + 3].elementsEqual(wanted) }
    }

    @Test func `what says where a picture was made is taken out of it, the picture is not touched`() throws {
        let jpeg = try #require(PhotoBytes.stripped(PhotoTests.jpeg, .jpeg))
        #expect(!PhotoTests.holdsGPS(jpeg) && PhotoBytes.stripped(jpeg, .jpeg) == jpeg)
        let kept =
            [0xFF, 0xD8] + PhotoTests.segment(0xE0, Array("JFIF\u{0}".utf8))
            + PhotoTests.segment(0xE2, Array("ICC_PROFILE".utf8)) + PhotoTests.segment(0xDB, [1, 2, 3])
            + PhotoTests.segment(0xC2, [8, 0, 1, 0, 1]) + PhotoTests.segment(0xDA, [1, 1])
            + [5, 0xFF, 0x00, 6, 0xFF, 0xD3, 7] + PhotoTests.segment(0xC4, [9]) + PhotoTests.segment(0xDA, [1, 2])
            + [8, 9, 0xFF, 0xD9]
        #expect(jpeg == kept)
        let png = try #require(PhotoBytes.stripped(PhotoTests.png, .png))
        #expect(!PhotoTests.holdsGPS(png) && PhotoBytes.stripped(png, .png) == png)
        let webp = try #require(PhotoBytes.stripped(PhotoTests.webp, .webp))
        #expect(!PhotoTests.holdsGPS(webp) && PhotoBytes.stripped(webp, .webp) == webp)
        // Alpha stays, Exif and XMP are not announced any more.
        #expect(webp[20] == 0x10)
    }

    @Test func `no bytes crash the reading, and what it takes it takes again unchanged`() {
        var random = SeededRandom(for: "photos fuzz")
        var taken = 0
        for _ in 0..<30_000 {
            let (base, kind): ([UInt8], PhotoKind) = random.pick([
                (PhotoTests.jpeg, .jpeg), (PhotoTests.png, .png), (PhotoTests.webp, .webp),
            ])
            var bytes = base
            for _ in 0..<random.int(1...6) {
                switch random.int(0...3) {
                case 0: bytes[random.int(0...bytes.count - 1)] = UInt8(random.int(0...255))
                case 1: bytes.removeLast(random.int(0...bytes.count - 1))
                case 2: bytes.insert(UInt8(random.pick([0, 0xFF, 0xD9, 0xE1])), at: random.int(0...bytes.count))
                default:
                    let at = random.int(0...bytes.count - 1)
                    bytes.removeSubrange(at..<min(at + random.int(1...9), bytes.count))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            _ = PhotoKind(bytes)
            _ = PhotoKind.isHEIC(bytes)
            guard let out = PhotoBytes.stripped(bytes, kind) else { continue }
            taken += 1
            #expect(PhotoBytes.stripped(out, kind) == out && out.count <= bytes.count)
        }
        #expect(taken > 100)
    }

    @Test func `a photograph is kept by its hash, and seen by whoever may see the case`() async throws {
        try await TestServer.run { server in
            let id = try server.raise("p5")
            let path = "/api/v1/alerts/\(id)/photos"
            let added = try await server.ask(.POST, path, as: "w5", bytes: PhotoTests.jpeg)
            let hash = try #require(added.json["hash"]?.text)
            #expect(added.status == 200 && added.json["type"]?.text == "image/jpeg")
            let kept = try #require(FileReading.all(server.folder + "/photos/" + hash))
            #expect(!PhotoTests.holdsGPS(kept))
            let seen = try await server.ask(.GET, "/api/v1/photos/\(hash)", as: "w5")
            #expect(seen.status == 200 && seen.bytes == kept)
            #expect(seen.headers.first(name: "content-type") == "image/jpeg")
            #expect(seen.headers.first(name: "content-security-policy") == "sandbox; default-src 'none'")
            #expect(seen.headers.first(name: "x-content-type-options") == "nosniff")
            #expect(try await server.ask(.GET, "/api/v1/photos/\(hash)", as: "w1").status == 404)
            #expect(try await server.ask(.GET, "/api/v1/photos/\(hash)", as: "auditor").status == 403)
            #expect(try await server.ask(.POST, path, as: "w1", bytes: PhotoTests.jpeg).status == 404)
            #expect(try await server.ask(.GET, "/api/v1/photos/..%2Fshouwang.sqlite", as: "w5").status == 400)
            let none = String(repeating: "0", count: 64)
            #expect(try await server.ask(.GET, "/api/v1/photos/\(none)", as: "admin").status == 404)
            let shown = try await server.ask(.GET, "/api/v1/alerts/\(id)", as: "w5")
            #expect(shown.list("photos").map { $0["hash"]?.text } == [hash])
        }
    }

    @Test func `six are taken of a case, of other kinds and sizes none`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let path = "/api/v1/alerts/\(id)/photos"
            for number in 0..<6 {
                let picture =
                    PhotoTests.jpeg.prefix(2) + PhotoTests.segment(0xDB, [UInt8(number)])
                    + PhotoTests.jpeg.dropFirst(2)
                #expect(try await server.ask(.POST, path, as: "w1", bytes: Array(picture)).status == 200)
            }
            let seventh = try await server.ask(.POST, path, as: "w1", bytes: PhotoTests.png)
            #expect(seventh.status == 409 && seventh.code == "too_many_photos")
            let heic = [0, 0, 0, 24] + Array("ftypheic".utf8) + [UInt8](repeating: 0, count: 20)
            let refused = try await server.ask(.POST, path, as: "w1", bytes: heic)
            #expect(refused.status == 415 && refused.json["detail"]?.text?.contains("HEIC") ?? false)
            for bytes in [Array("<svg onload=alert(1)>".utf8), Array("GIF89a".utf8), []] {
                #expect(try await server.ask(.POST, path, as: "w1", bytes: bytes).status == 415)
            }
            let torn = Array(PhotoTests.jpeg.prefix(60))
            #expect(try await server.ask(.POST, path, as: "w1", bytes: torn).status == 400)
            let large = PhotoTests.jpeg + [UInt8](repeating: 0, count: 8 << 20)
            #expect(try await server.ask(.POST, path, as: "w1", bytes: large).status == 413)
        }
    }

    @Test func `a file that no alert has any more is removed, one that is known or young is not`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let added = try await server.ask(
                .POST, "/api/v1/alerts/\(id)/photos", as: "w1", bytes: PhotoTests.jpeg)
            let hash = try #require(added.json["hash"]?.text)
            let stray = server.folder + "/photos/" + String(repeating: "a", count: 64)
            #expect(FileWriting.replace(stray, with: [1]) == 0)
            let store = PhotoStore(folder: server.folder + "/photos")
            func clean(_ now: Instant) throws -> Int {
                try store.removeOrphans(now: now) { try !server.ledger.photos(hash: $0).isEmpty }
            }
            // Its hour is counted on the file system's clock.
            #expect(try clean(.distantPast) == 0)
            #expect(try clean(.distantFuture) == 1)
            #expect(FileReading.all(stray) == nil && store.bytes(hash) != nil)
        }
    }
}
