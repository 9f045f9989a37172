import Console
import Ledger
import NIOHTTP1
import SiteConfiguration
import Testing
import Timekeeping

/// The workers' pages behind the console's own server.
@Suite(.timeLimit(.minutes(1))) struct PageRouteTests {
    @Test func `a link that opens nothing is a page, with its own policy, and not a problem for programs`() async throws
    {
        let key = try #require(LinkKey(Array(repeating: 1, count: LinkKey.size)))
        try await TestServer.run(settle: { parts in
            let (ledger, now) = (parts.ledger, parts.now)
            parts.pages = WorkerPageParts(
                site: parts.settings.site, registry: parts.registry, ledger: ledger, key: key, desk: parts.desk,
                publicURL: nil, now: now, steady: { 0 }, random: { Array(repeating: 0, count: $0) })
        }) { server in
            let answer = try await server.ask(.GET, "/w/" + String(repeating: "A", count: 43))
            #expect(answer.status == 404 && answer.text.hasPrefix("<!DOCTYPE html>"))
            let policy = answer.headers["Content-Security-Policy"].first ?? ""
            #expect(policy.contains("'sha256-") && answer.headers["Content-Security-Policy"].count == 1)
            let other = try await server.ask(.GET, "/w")
            #expect(other.status == 404 && other.code != nil)
        }
    }
}
