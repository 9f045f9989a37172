import Foundation
import GRDB
import Ledger
import Testing
import Timekeeping

/// What a link opens, for how long, and what it does not open.
@Suite(.timeLimit(.minutes(1))) struct LinkRightTests {
    @Test func `one changed character opens nothing, and looks like a token that nobody ever had`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        try await bench.serve { browser in
            let unknown = try await browser.get(String(repeating: "A", count: token.count))
            #expect(unknown.status == 404)
            for place in 0..<token.count {
                var forged = Array(token)
                let letter = try #require(alphabet.firstIndex(of: forged[place]))
                forged[place] = alphabet[letter ^ 1]
                bench.clock.wait(.minutes(1))
                let answer = try await browser.get(String(forged))
                #expect(answer.status == 404 && answer.body == unknown.body, "character \(place)")
                bench.clock.wait(.minutes(1))
                #expect(try await browser.post(String(forged), ["verb": "ack", "key": "k"]).status == 404)
            }
            for odd in ["x", token + "A", String(token.dropLast()), "..%2f..", "%00", "%0d%0aX: y"] {
                bench.clock.wait(.minutes(1))
                #expect(try await browser.get(odd).status == 404, "\(odd)")
            }
            #expect(try await browser.get(token).status == 200)
        }
        #expect(bench.desk.lines.count { $0.contains("$shouwang/act") } == 0)
    }

    @Test func `a link that another site's key made opens nothing, though the ledger has its row`() async throws {
        let bench = try PageBench()
        let other = try PageBench(seed: 8)
        let alert = try bench.raise()
        let recipient = Link.Recipient(name: "wang", isGroup: false, role: "grid-worker")
        let (link, token) = other.key.mint(
            alert: alert, recipient: recipient, salt: Array(repeating: 1, count: 16), at: bench.clock.now)
        var changes = LinkChanges()
        changes.made = [link]
        try bench.ledger.commit(changes: [], notifications: [], applied: 0, links: changes)
        try await bench.serve { (browser) async throws in #expect(try await browser.get(token.text).status == 404) }
    }

    @Test func `a row that is turned to another alert or recipient opens nothing`() async throws {
        for (column, value) in [("alert", "ffffffffffffffff"), ("recipient", "li"), ("role", "property")] {
            let bench = try PageBench()
            let token = try bench.link(try bench.raise(), to: "wang").token
            let file = try DatabaseQueue(path: bench.folder + "/shouwang.sqlite")
            try await file.write { try $0.execute(sql: "UPDATE links SET \(column) = ?", arguments: [value]) }
            try await bench.serve { (browser) async throws in
                #expect(try await browser.get(token).status == 404, "\(column)")
            }
        }
    }

    @Test func `each opens its own alert, under its own worker's name`() async throws {
        let bench = try PageBench()
        let (person, thing) = (try bench.raise(), try bench.raiseThing())
        let tokens = [
            try bench.link(person, to: "wang").token, try bench.link(thing, to: "wang").token,
            try bench.link(person, to: "li").token,
        ]
        #expect(Set(tokens).count == 3)
        try await bench.serve { browser in
            #expect(try await browser.get(tokens[1]).body.contains(thing.prefix(6).uppercased()))
            let fields = try await browser.get(tokens[2]).fields("ack")
            #expect(try await browser.post(tokens[2], fields).status == 303)
            #expect(try await browser.get(tokens[0]).body.contains("李*红 09:00 已签收"))
        }
        #expect(
            String(decoding: try bench.ledger.events(alert: person)[1].json, as: UTF8.self).contains("\"actor\":\"li\"")
        )
        #expect(try bench.ledger.events(alert: thing).count == 1)
    }

    @Test func `it ends a day after its case, without any person in what is said then`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        bench.desk.record(
            "$shouwang/act", "{\"alert\":\"\(alert)\",\"verb\":\"close\",\"found\":\"well\",\"actor\":\"boss\"}")
        try await bench.serve { browser in
            bench.clock.advance(.hours(24) - Milliseconds(1))
            #expect(try await browser.get(token).status == 200)
            bench.clock.advance(Milliseconds(1))
            let gone = try await browser.get(token)
            #expect(gone.status == 410 && gone.body.contains(alert.prefix(6).uppercased()))
            #expect(!gone.body.contains("罗") && !gone.body.contains("502") && !gone.body.contains("tel:"))
            #expect(try await browser.post(token, ["verb": "ack", "key": "k"]).status == 410)
        }
    }

    @Test func `it ends after seven days at most, and a clock that is set back does not open it again`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        try await bench.serve { (browser) async throws in
            bench.clock.advance(.days(7) - Milliseconds(1))
            #expect(try await browser.get(token).status == 200)
            bench.clock.advance(Milliseconds(1))
            #expect(try await browser.get(token).status == 410)
            #expect(try bench.ledger.endLinks(at: bench.clock.now) == 1)
            bench.clock.set(PageBench.nine - .days(400))
            #expect(try await browser.get(token).status == 410)
        }
    }

    @Test func `it ends when it is withdrawn, and when its worker is no longer in the registry`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let (link, token) = try bench.link(alert, to: "wang")
        let former = try bench.link(alert, to: "gone").token
        try await bench.serve { browser in
            #expect(try await browser.get(former).status == 410)
            #expect(try await browser.get(token).status == 200)
            var changes = LinkChanges()
            changes.withdrawn = [link.hash]
            try bench.ledger.commit(changes: [], notifications: [], applied: 0, links: changes)
            let gone = try await browser.get(token)
            #expect(gone.status == 410 && !gone.body.contains("罗"))
        }
        #expect(try bench.ledger.openLinks(alert: alert).map(\.recipient.name) == ["gone"])
    }

    @Test func `500 looks by five programs change nothing, and the worker can still accept`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        func bytes() throws -> [Data] {
            try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: bench.folder + "/shouwang.sqlite" + $0)) }
        }
        let agents = ["MicroMessenger/8.0", "WeComBot", "Slackbot-LinkExpanding", "Outlook-SafeLinks", "curl/8"]
        let (before, lines) = (try bytes(), bench.desk.lines)
        try await bench.serve { browser in
            for round in 0..<100 {
                if round % 10 == 9 { bench.clock.wait(.minutes(1)) }
                for agent in agents {
                    let answer = try await browser.get(
                        token, ["User-Agent": agent], method: round % 4 == 0 ? "HEAD" : "GET")
                    #expect(answer.status == 200)
                }
            }
            #expect(try bytes() == before && bench.desk.lines == lines)
            #expect(try bench.ledger.linked(hash: bench.ledger.openLinks(alert: alert)[0].hash)?.link.used == nil)
            bench.clock.wait(.minutes(1))
            let fields = try await browser.get(token).fields("ack")
            #expect(try await browser.post(token, fields).status == 303)
        }
        #expect(try bench.ledger.openLinks(alert: alert)[0].used == PageBench.nine)
    }

    @Test func `nothing of a token comes into the log`() async throws {
        let bench = try PageBench()
        let (link, token) = try bench.link(try bench.raise(), to: "wang")
        #expect("\(bench.key)" == "•••" && "\(bench.key.token(of: link))" == "link \(link.hash.prefix(6))")
        try await bench.serve { browser in
            _ = try await browser.post(token, try await browser.get(token).fields("ack"))
            _ = try await browser.post(token, ["verb": "x"])
            _ = try await browser.get(token + "x")
        }
        #expect(!bench.logged.isEmpty)
        #expect(!bench.logged.contains { $0.contains(token) || $0.contains(link.hash) })
    }
}
