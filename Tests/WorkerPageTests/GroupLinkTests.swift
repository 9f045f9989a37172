import Ledger
import Testing
import Timekeeping

/// A link that went to a group asks who opened it, before anything of the case is shown.
@Suite(.timeLimit(.minutes(1))) struct GroupLinkTests {
    private func cookie(_ answer: PageBench.Answer) throws -> String {
        let set = try #require(answer.headers["Set-Cookie"].first)
        #expect(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Max-Age=43200"))
        #expect(!set.contains("Path="), "the browser's default path is this link's own")
        return String(set.prefix { $0 != ";" })
    }

    @Test func `nothing of the case is shown before name and digits fit; then the act is that person's`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "group", isGroup: true).token
        try await bench.serve { browser in
            let asked = try await browser.get(token)
            #expect(
                asked.status == 200 && asked.body.contains("请先登记姓名") && asked.body.contains("action=\"\(token)/who\""))
            #expect(!asked.body.contains("502") && !asked.body.contains("罗") && !asked.body.contains("tel:13"))
            #expect(try await browser.post(token, ["verb": "ack", "key": "k"]).status == 303)
            #expect(try bench.ledger.events(alert: alert).count == 1, "nobody said who it was")
            let wrong = try await browser.post(token + "/who", ["name": "赵六", "digits": "1234"])
            #expect(wrong.status == 403 && wrong.body.contains("对不上") && wrong.body.contains("action=\"who\""))
            let right = try await browser.post(token + "/who", ["name": " 赵 六 ", "digits": "4321"])
            #expect(right.status == 303 && right.headers["Location"] == ["../" + token])
            let cookie = ["Cookie": "other=1; " + (try cookie(right))]
            let page = try await browser.get(token, cookie)
            #expect(page.body.contains("3栋2单元502"))
            #expect(try await browser.post(token, try page.fields("ack"), cookie).status == 303)
        }
        let event = try #require(try bench.ledger.events(alert: alert).last)
        #expect(
            event.change == "acknowledged" && String(decoding: event.json, as: UTF8.self).contains("\"actor\":\"zhao\"")
        )
    }

    @Test func `who is not of the group is not let in, whatever they know`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "group", isGroup: true).token
        try await bench.serve { browser in
            let tries = [("王大明", "1234", 403), ("", "", 403), ("李小红", "678", 403), ("李小红", "5678", 303)]
            for (name, digits, status) in tries {
                let answer = try await browser.post(token + "/who", ["name": name, "digits": digits])
                #expect(answer.status == status, "\(name) \(digits)")
            }
        }
    }

    @Test func `five tries in ten minutes a link, the right one too`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "group", isGroup: true).token
        try await bench.serve { browser in
            for digits in 0..<5 {
                let answer = try await browser.post(token + "/who", ["name": "赵六", "digits": "000\(digits)"])
                #expect(answer.status == 403)
            }
            let limited = try await browser.post(token + "/who", ["name": "赵六", "digits": "4321"])
            #expect(limited.status == 429 && limited.headers["Retry-After"] == ["600"])
            bench.clock.wait(.minutes(10))
            #expect(try await browser.post(token + "/who", ["name": "赵六", "digits": "4321"]).status == 303)
        }
    }

    @Test func `what the browser keeps is good for this link and twelve hours, and cannot be changed`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "group", isGroup: true).token
        let other = try bench.link(alert, to: "group", isGroup: true, salt: 2).token
        try await bench.serve { browser in
            let kept = try cookie(try await browser.post(token + "/who", ["name": "赵六", "digits": "4321"]))
            func isLetIn(_ token: String, _ cookie: String) async throws -> Bool {
                try await browser.get(token, ["Cookie": cookie]).body.contains("3栋2单元502")
            }
            #expect(try await isLetIn(token, kept))
            #expect(try await !isLetIn(other, kept), "of another link")
            let parts = kept.split(separator: ".")
            let later = "\(parts[0]).\((Int64(parts[1]) ?? 0) + 1).\(parts[2])"
            #expect(try await !isLetIn(token, later))
            // `li` in base64url.
            #expect(try await !isLetIn(token, "who=bGk.\(parts[1]).\(parts[2])"))
            bench.clock.advance(.hours(12) - Milliseconds(1))
            #expect(try await isLetIn(token, kept))
            bench.clock.advance(Milliseconds(1))
            #expect(try await !isLetIn(token, kept))
        }
    }
}
