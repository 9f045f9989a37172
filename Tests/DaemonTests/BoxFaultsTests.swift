import Diagnostics
import SiteConfiguration
import Synchronization
import Testing
import Timekeeping

@testable import Daemon
import Vocabulary

@Suite struct BoxFaultsTests {
    private final class Clock: Sendable {
        private let at = Mutex(Instant(milliseconds: 1_790_000_000_000))
        var now: Instant { at.withLock { $0 } }
        func pass(_ length: Milliseconds) { at.withLock { $0 = $0 + length } }
    }

    private static let text = LocalizedText(zh: "磁盘已满。", en: "the disk is full.")

    /// What has been told so far, in words.
    private static func told(_ faults: BoxFaults, _ count: Int) async -> [String] {
        var words: [String] = []
        var stream = faults.listen().makeAsyncIterator()
        while words.count < count, let news = await stream.next() {
            words.append("\(news.trouble.part) \(news.isOver ? "over" : "begins")")
        }
        return words
    }

    @Test func `a trouble is told when it begins, when it has stood for a day, and when it ends`() async {
        let clock = Clock()
        let faults = BoxFaults(now: { clock.now })
        faults.raise(.journal, .critical, BoxFaultsTests.text)
        faults.raise(.journal, .critical, BoxFaultsTests.text)
        clock.pass(.hours(23))
        faults.remind()
        clock.pass(.hours(1))
        faults.remind()
        #expect(faults.standing.map(\.part) == [.journal])
        faults.clear(.journal)
        faults.clear(.journal)
        #expect(faults.standing.isEmpty)
        #expect(await BoxFaultsTests.told(faults, 3) == ["journal begins", "journal begins", "journal over"])
    }

    @Test func `what has become worse is told at once, and what is over as it happens leaves nothing standing`() async {
        let clock = Clock()
        let faults = BoxFaults(now: { clock.now })
        faults.raise(.journal, .high, BoxFaultsTests.text)
        clock.pass(.seconds(1))
        faults.raise(.journal, .critical, BoxFaultsTests.text)
        faults.report(.snapshot, .medium, BoxFaultsTests.text)
        #expect(faults.standing.map(\.part) == [.journal])
        #expect(await BoxFaultsTests.told(faults, 3) == ["journal begins", "journal begins", "snapshot begins"])
    }

    @Test func `what comes and goes within minutes is told once`() async {
        let clock = Clock()
        let faults = BoxFaults(now: { clock.now })
        for _ in 0..<5 {
            faults.raise(.ledger, .high, BoxFaultsTests.text)
            clock.pass(.seconds(30))
            faults.clear(.ledger)
            clock.pass(.seconds(30))
        }
        // What came back untold and stayed is told by the next reminder.
        faults.raise(.ledger, .high, BoxFaultsTests.text)
        clock.pass(.minutes(10))
        faults.remind()
        #expect(await BoxFaultsTests.told(faults, 3) == ["ledger begins", "ledger over", "ledger begins"])
    }

    @Test func `what says something else is told at once where that is asked for, and an end in its own words`() async {
        let clock = Clock()
        let faults = BoxFaults(now: { clock.now })
        let other = LocalizedText(zh: "另一份。", en: "another one.")
        faults.raise(.registry, .high, BoxFaultsTests.text, tellsChanges: true)
        clock.pass(.seconds(1))
        faults.raise(.registry, .high, BoxFaultsTests.text, tellsChanges: true)
        faults.raise(.registry, .high, other, tellsChanges: true)
        clock.pass(.hours(24))
        faults.remind()
        faults.clear(.registry, saying: BoxFaultsTests.text)
        var news: [BoxFaults.News] = []
        var stream = faults.listen().makeAsyncIterator()
        while news.count < 4, let next = await stream.next() { news.append(next) }
        #expect(news.map(\.trouble.what) == [BoxFaultsTests.text, other, other, other])
        #expect(news.map(\.isOver) == [false, false, false, true])
        #expect(news.last?.ending == BoxFaultsTests.text)
        #expect(Set(news.map(\.trouble.tellings)).count == 3)
        #expect(news[0].trouble.withoutNames != BoxFaultsTests.text.en, "pages without a token tell no names")
    }

    @Test func `two of one kind are two troubles, told and ended apart`() async {
        let clock = Clock()
        let faults = BoxFaults(now: { clock.now })
        faults.raise(.feed, name: "nears/#", .high, BoxFaultsTests.text)
        faults.raise(.feed, name: "community/+/+/+", .high, BoxFaultsTests.text)
        faults.raise(.feed, name: "nears/#", .high, BoxFaultsTests.text)
        #expect(faults.standing.map(\.key.text) == ["feed:community/+/+/+", "feed:nears/#"])
        faults.clear(.feed, name: "nears/#")
        #expect(faults.standing.map(\.name) == ["community/+/+/+"])
        #expect(await BoxFaultsTests.told(faults, 3) == ["feed begins", "feed begins", "feed over"])
    }
}
