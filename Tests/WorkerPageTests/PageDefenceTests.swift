import Console
import Foundation
import Ledger
import Testing
import Timekeeping

/// Forms of other sites, floods, and words from outside.
@Suite(.timeLimit(.minutes(1))) struct PageDefenceTests {
    @Test(arguments: [
        (["Sec-Fetch-Site": "same-origin"], 303), (["Sec-Fetch-Site": "none"], 303),
        (["Sec-Fetch-Site": "cross-site"], 403), (["Sec-Fetch-Site": "same-site"], 403),
        (["Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"], 303),
        (["Origin": "https://box.example"], 303), (["Origin": "https://box.example.evil"], 403),
        (["Origin": "null"], 403), ([:], 303),
    ]) func `a form counts where the browser says that it is ours, or says nothing`(
        _ headers: [String: String], _ status: Int
    ) async throws {
        let bench = try PageBench(publicURL: "https://box.example/shouwang")
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            let fields = try await browser.get(token).fields("ack")
            #expect(try await browser.post(token, fields, headers).status == status)
        }
        #expect(try bench.ledger.events(alert: alert).count == (status == 303 ? 2 : 1))
    }

    @Test func `every answer has all headers that keep a page where it belongs`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        try await bench.serve { browser in
            var answers = [
                try await browser.get(token), try await browser.get("nothing"),
                try await browser.get(token, method: "HEAD"), try await browser.post(token, ["verb": "ack"]),
                try await browser.post(token, ["verb": "ack", "key": "k"], ["Origin": "null"]),
                try await browser.post(token, try await browser.get(token).fields("ack")),
            ]
            bench.desk.answerAll(.unavailable)
            answers.append(try await browser.post(token, ["verb": "arrive", "key": "k2"]))
            bench.desk.answerAll(nil)
            answers.append(try await browser.get(token + "/who"))
            try bench.ledger.endLinks(at: bench.clock.now + .days(8))
            answers.append(try await browser.get(token))
            #expect(answers.map(\.status) == [200, 404, 200, 400, 403, 303, 503, 303, 410])
            for answer in answers {
                let policy = answer.headers["Content-Security-Policy"].first ?? ""
                #expect(policy.contains("default-src 'none'") && policy.contains("'sha256-"))
                #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
                let expected = [
                    "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
                    "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin",
                    "Cross-Origin-Resource-Policy": "same-origin",
                ]
                for (name, value) in expected { #expect(answer.headers[name] == [value], "\(answer.status) \(name)") }
            }
        }
    }

    @Test func `the style sheet is the one that the policy lets through, and the first load is small`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        try await bench.serve { browser in
            let page = try await browser.get(token)
            #expect(page.body.utf8.count < 15_000, "\(page.body.utf8.count) bytes")
            #expect(!page.body.contains(" style=") && !page.body.contains("http://") && !page.body.contains("https://"))
        }
    }

    @Test func `60 looks and 20 forms a minute a link; 10 unknown links a minute an address`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        try await bench.serve { browser in
            for _ in 0..<60 { #expect(try await browser.get(token).status == 200) }
            let limited = try await browser.get(token)
            #expect(limited.status == 429 && limited.headers["Retry-After"] == ["60"])
            for _ in 0..<20 { #expect(try await browser.post(token, ["verb": "x"]).status == 400) }
            #expect(try await browser.post(token, ["verb": "x"]).status == 429)
            for _ in 0..<10 { #expect(try await browser.get("nothing", ["User-Agent": "a"]).status == 404) }
            #expect(try await browser.get("nothing", ["User-Agent": "a"]).status == 429)
            #expect(try await browser.get("nothing", ["User-Agent": "b"]).status == 404)
            bench.clock.wait(.minutes(1))
            #expect(try await browser.get(token).status == 200)
            #expect(try await browser.get("nothing", ["User-Agent": "a"]).status == 404)
        }
    }

    @Test func `what is no form of ours is refused`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        try await bench.serve { browser in
            let key = try #require(try await browser.get(token).fields("ack")["key"])
            let bodies = [
                "", "verb=ack", "verb=ack&key=", "verb=ack&key=" + String(repeating: "k", count: 65),
                "verb=close&key=k",
                "verb=forget&key=k", "verb=ack&key=a%20b", "verb=ack&key=%zz", "verb=%ff&key=k",
                "verb=handle&key=k&found=well",
                "verb=handle&key=k&found=rich&by=visit", "verb=return&key=k&reason=lazy",
                "verb=escalate&key=k&reason=x",
                "verb=handle&key=k&found=well&by=visit&alert_right=perhaps", "verb=note&key=k&text=%20",
                "verb=check&key=k&ok=maybe", String(repeating: "a=b&", count: 100),
                String(repeating: "x", count: 20_000),
            ]
            for (index, body) in bodies.enumerated() {
                if index % 15 == 14 { bench.clock.wait(.minutes(1)) }
                let answer = try await browser.ask("POST", token, body, [:])
                #expect(answer.status == 400, "\(body.prefix(60))")
            }
            bench.clock.wait(.minutes(1))
            let json = try await browser.ask(
                "POST", token, "verb=ack&key=\(key)", ["Content-Type": "application/json"])
            #expect(json.status == 400)
        }
        #expect(bench.desk.lines.count { $0.contains("$shouwang/act") } == 0)
    }

    /// Words that would do harm where they were more than words.
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "</style><svg onload=alert(1)>",
        "javascript:alert(1)", "&lt;b&gt;", "&#x3c;script&#x3e;", "{{7*7}}", "${7*7}", "<!--", "]]>",
        "\u{202E}evil\u{202C}",
        "a\u{200B}b", "\u{0000}\u{0008}", "e" + String(repeating: "\u{0301}", count: 2000),
        String(repeating: "长", count: 5000),
        "<a href=//evil>x</a>", "%3Cscript%3E", "\\u003cscript\\u003e", "<base href=//evil>",
        "<meta http-equiv=refresh content=0>",
        "=1+1", "@all", "http://evil.example/x", "data:text/html,<script>1</script>", "<form action=//evil>",
        "<textarea>", "</title>",
    ]

    @Test func `words from outside stay words, in every field`() async throws {
        for words in PageDefenceTests.hostile {
            let cell = words.replacing("\"", with: "\"\"").replacing("\0", with: "").replacing("\u{8}", with: "")
            // `:` and `|` stand between names and numbers there.
            let family = cell.replacing(":", with: "").replacing("|", with: "")
            let residents =
                "id,dwelling,name,phone,care,family,key_holder\n"
                + "e1,3栋/2单元/502,\"\(cell)\",13611112222,独居,\"\(family):13511113333\",\"\(cell)\"\n"
            // A cell that is no number costs itself.
            let bench = try PageBench(residents: residents, isClean: false)
            let alert = try bench.raise()
            let token = try bench.link(alert, to: "wang").token
            let text = try #require(String(data: try JSONEncoder().encode(words), encoding: .utf8))
            let json =
                "{\"place\":\(text),\"person\":\"e1\",\"device\":\(text),\"actor\":\(text),\"assignee\":\(text),\"due\":\(text),"
                + "\"found\":\(text),\"note\":\(text),\"verdict\":\(text),\"last_evidence\":\(text),\"evidence\":[{\"at\":\(text),"
                + "\"topic\":\(text),\"device\":\(text),\"kind\":\(text)}],\"message\":{\"zh-Hans\":\(text),\"en\":\(text)},"
                + "\"act\":{\"key\":\(text),\"reason\":\(text)}}"
            let last = try #require(try bench.ledger.events(alert: alert).last)
            for (ordinal, change) in ["acknowledged", "handled", "noted", "escalated", "dispatched"].enumerated() {
                var event = last
                (event.record, event.ordinal, event.change, event.state) = (100, Int32(ordinal), change, "dispatched")
                event.json = Array(json.utf8)
                try bench.ledger.commit(changes: [event], notifications: [], applied: 100)
            }
            try await bench.serve { browser in
                for headers in [["Accept-Language": "zh"], ["Accept-Language": "en"]] {
                    let page = try await browser.get(token, headers)
                    #expect(page.status == 200)
                    #expect(PageDefenceTests.strangers(in: page.body).isEmpty, "\(words.prefix(40))")
                    #expect(page.body.utf8.count < 60_000, "\(words.prefix(40)): \(page.body.utf8.count) bytes")
                    #expect(
                        !page.body.unicodeScalars.contains { "\u{202E}\u{200B}\u{0}\u{8}".unicodeScalars.contains($0) })
                }
            }
        }
    }

    /// Tags and attributes that no page of ours has. Each `<` that is left after escaping begins a tag of ours.
    static func strangers(in html: String) -> [String] {
        let tags: Set<String> = [
            "!DOCTYPE", "html", "head", "meta", "link", "title", "style", "body", "main", "section", "p", "h1", "h2",
            "dl", "dt",
            "dd", "details", "summary", "ul", "ol", "li", "form", "input", "button", "label", "textarea", "select",
            "option", "a",
            "div",
        ]
        let attributes: Set<String> = [
            "lang", "charset", "name", "content", "rel", "href", "class", "role", "method", "accept-charset", "type",
            "value", "for",
            "id", "maxlength", "rows", "required", "action", "autocomplete", "inputmode", "html", "open",
        ]
        var found: [String] = []
        for match in html.matches(of: #/<\/?([!\w]*)([^>]*)>?/#) {
            let (tag, rest) = (String(match.1), String(match.2))
            if !tags.contains(tag) { found.append(String(match.0.prefix(80))) }
            for attribute in rest.matches(of: #/([^\s="]+)(?:="([^"]*)")?/#) {
                if !attributes.contains(String(attribute.1)) { found.append(String(match.0.prefix(120))) }
                if attribute.1 == "href", let value = attribute.2, !value.hasPrefix("tel:"), value != "data:," {
                    found.append(String(match.0))
                }
            }
        }
        return found
    }

    @Test func `the finder of strangers finds them`() {
        #expect(!PageDefenceTests.strangers(in: "<p onclick=\"x\">").isEmpty)
        #expect(!PageDefenceTests.strangers(in: "<script>").isEmpty)
        #expect(!PageDefenceTests.strangers(in: "<a href=\"javascript:x\">").isEmpty)
        #expect(PageDefenceTests.strangers(in: "<p class=\"state\">a &lt;script&gt;</p>").isEmpty)
    }
}
