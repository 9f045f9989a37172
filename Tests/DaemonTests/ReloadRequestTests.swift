import Community
import Diagnostics
import Foundation
import SiteConfiguration
import Testing
import Timekeeping

@testable import Daemon

@Suite struct ReloadRequestTests {
    @Test func `a request is taken once, and its answer goes to whom it belongs`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/request-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(ReloadRequest.claim(store: folder) == nil)
        for request in [ReloadRequest(number: 7, accept: nil), ReloadRequest(number: 8, accept: "7F3A9C")] {
            #expect(request.lay(store: folder) == .laid)
            #expect(ReloadRequest.claim(store: folder) == request)
            #expect(ReloadRequest.claim(store: folder) == nil)
            #expect(request.answer(store: folder) == nil)
            let answer = ReloadRequest.Answer(code: 78, words: ["登记表未采用", "x"])
            #expect(request.answer(answer, store: folder))
            #expect(ReloadRequest(number: 9, accept: nil).answer(store: folder) == nil)
            #expect(request.answer(store: folder) == answer)
            #expect(request.answer(store: folder) == nil)
        }
        #expect(StoreHolder.of(folder) == .nobody)
    }

    @Test func `a request is not laid over another, and two answers are two`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/request-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let digits = ReloadRequest(number: 7, accept: "7F3A9C")
        let plain = ReloadRequest(number: 8, accept: nil)
        #expect(digits.lay(store: folder) == .laid)
        #expect(plain.lay(store: folder) == .occupied)
        var (pauses, nudges) = (0, 0)
        let never = try await plain.lay(store: folder, tries: 10, pause: { pauses += 1 }, nudge: { nudges += 1 })
        #expect(never == .occupied && pauses == 9 && nudges == 1)
        plain.withdraw(store: folder)
        var taken: ReloadRequest?
        let later = try await plain.lay(
            store: folder, tries: 10, pause: { taken = taken ?? ReloadRequest.claim(store: folder) },
            nudge: { nudges += 1 })
        #expect(later == .laid && taken == digits && nudges == 1)
        #expect(ReloadRequest.claim(store: folder) == plain)
        #expect(digits.answer(ReloadRequest.Answer(code: 0, words: ["a"]), store: folder))
        #expect(plain.answer(ReloadRequest.Answer(code: 78, words: ["b"]), store: folder))
        #expect(digits.answer(store: folder)?.words == ["a"])
        #expect(plain.answer(store: folder)?.words == ["b"])
        #expect(plain.lay(store: folder) == .laid)
        #expect(digits.answer(ReloadRequest.Answer(code: 0, words: []), store: folder))
        ReloadRequest.discard(store: folder)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        #expect(plain.lay(store: folder + "/none") == .failed)
    }

    @Test func `a refusal is read back as it was written`() {
        for refusal in [
            RegistryRefusal(hash: "0123456789abcdef", at: Instant(milliseconds: 5)),
            RegistryRefusal(hash: "0123456789abcdef", at: Instant(milliseconds: 5), isTaken: true),
        ] { #expect(RegistryRefusal(bytes: refusal.bytes) == refusal) }
        for text in ["", "x", "0123456789abcdef", "0123456789abcdef x"] {
            #expect(RegistryRefusal(bytes: Array(text.utf8)) == nil)
        }
    }

    @Test func `the people who are left out are named with their lines`() {
        let files = RegistryFiles(files: [
            ("places.csv", "places.csv", Array("id,kind\n3栋,building\n".utf8)),
            ("residents.csv", "residents.csv", Array("id,dwelling,name,care\na,9栋/1/1,罗桂华,独居\nb,3栋/1/1,x,独居\n".utf8)),
        ])
        let words = RefusalWords.leftOut(Registry.load(files).registry)
        #expect(words?.zh.contains("9栋/1/1 罗*华 (第2行)") == true)
        #expect(words?.en.contains("9栋/1/1 罗*华 (line 2)") == true)
        #expect(RefusalWords.leftOut(.empty) == nil)
    }
}
