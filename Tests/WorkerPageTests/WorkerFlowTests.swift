import Console
import Ledger
import Testing
import Timekeeping

/// A worker's way through a case, over HTTP, without JavaScript.
@Suite(.timeLimit(.minutes(1))) struct WorkerFlowTests {
    @Test func `from the message to the report: accept, arrive, what was found`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            let first = try await browser.get(token)
            #expect(first.status == 200 && first.body.contains("3栋2单元502") && first.body.contains("罗*华"))
            #expect(first.body.contains(alert.prefix(6).uppercased()) && !first.body.contains("罗桂华"))
            #expect(first.body.contains("href=\"tel:13611112222\"") && first.body.contains("href=\"tel:13511113333\""))
            #expect(!first.body.contains("<script") && !first.body.contains("onclick"))
            let accepted = try await browser.post(token, try first.fields("ack"))
            #expect(accepted.status == 303 && accepted.headers["Location"] == [token])
            bench.clock.advance(.minutes(6))
            let second = try await browser.get(token)
            #expect(second.body.contains("你 09:00 已签收") && second.body.contains("我已到场"))
            #expect(try await browser.post(token, try second.fields("arrive")).status == 303)
            let third = try await browser.get(token)
            #expect(third.body.contains("你已到场，请反馈"))
            var fields = try third.fields("handle")
            fields["found"] = "well"
            fields["text"] = "在家，电话没电 <b>"
            fields["alert_right"] = "no"
            fields["device"] = "ok"
            #expect(try await browser.post(token, fields).status == 303)
            let last = try await browser.get(token)
            #expect(last.body.contains("09:06 已反馈：平安，待核查") && last.body.contains("在家，电话没电 &lt;b&gt;"))
        }
        let events = try bench.ledger.events(alert: alert)
        #expect(events.map(\.change) == ["raised", "acknowledged", "arrived", "handled"])
        let json = String(decoding: events[3].json, as: UTF8.self)
        #expect(
            json.contains("\"actor\":\"wang\"") && json.contains("\"found\":\"well\"")
                && json.contains("\"by\":\"visit\""))
        #expect(
            json.contains("\"alert_right\":false") && json.contains("\"device\":\"ok\"") && json.contains("\"seen\":"))
    }

    @Test func `the same button twice is one act with one answer`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            let fields = try await browser.get(token).fields("ack")
            for _ in 0..<3 { #expect(try await browser.post(token, fields).status == 303) }
            let later = try await browser.get(token).fields("arrive")
            #expect(try await browser.post(token, later).status == 303)
            #expect(try await browser.post(token, fields).status == 303, "its answer had been lost")
        }
        #expect(try bench.ledger.events(alert: alert).map(\.change) == ["raised", "acknowledged", "arrived"])
        #expect(bench.desk.lines.count { $0.contains("$shouwang/act") } == 2)
    }

    @Test func `nobody opens: the panel shows whom to call, and the case goes on`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            for verb in ["ack", "arrive", "escalate"] {
                #expect(try await browser.post(token, try await browser.get(token).fields(verb)).status == 303)
            }
            let page = try await browser.get(token).body
            #expect(page.contains("敲门无人应，已上报") && page.contains("tel:110") && page.contains("tel:13411114444"))
            #expect(page.contains("name=\"found\""), "it can still be reported")
            #expect(!page.contains("name=\"reason\" value=\"no_access\""))
        }
        let last = try #require(try bench.ledger.events(alert: alert).last)
        #expect(
            last.change == "escalated"
                && String(decoding: last.json, as: UTF8.self).contains("\"reason\":\"no_access\""))
    }

    @Test func `that somebody has died is asked once more, with all that was filled in`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            for verb in ["ack", "arrive"] {
                #expect(try await browser.post(token, try await browser.get(token).fields(verb)).status == 303)
            }
            var fields = try await browser.get(token).fields("handle")
            fields["found"] = "deceased"
            fields["text"] = "已通知家属"
            let asked = try await browser.post(token, fields)
            #expect(asked.status == 200 && asked.body.contains("确认已故") && asked.body.contains("已通知家属"))
            #expect(try bench.ledger.events(alert: alert).count == 3)
            let again = try asked.fields("handle")
            #expect(again["key"] == fields["key"] && again["sure"] == "yes")
            #expect(try await browser.post(token, again).status == 303)
        }
        #expect(try bench.ledger.events(alert: alert).last?.change == "handled")
    }

    @Test func `away needs a day, and a wrong one is told on the page`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            for verb in ["ack", "arrive"] {
                #expect(try await browser.post(token, try await browser.get(token).fields(verb)).status == 303)
            }
            var fields = try await browser.get(token).fields("handle")
            fields["found"] = "away"
            for day in ["", "2026-11-30", "2028-01-01", "soon"] {
                fields["until"] = day
                let answer = try await browser.post(token, fields)
                #expect(answer.status == 400 && answer.body.contains("请填写外出到哪一天"))
            }
            fields["until"] = "2026-12-06"
            #expect(try await browser.post(token, fields).status == 303)
        }
        let last = try #require(try bench.ledger.events(alert: alert).last)
        #expect(String(decoding: last.json, as: UTF8.self).contains("\"until\":\"2026-12-06\""))
    }

    @Test func `a thing has other results than a person, and no phone`() async throws {
        let bench = try PageBench()
        let alert = try bench.raiseThing()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            for verb in ["ack", "arrive"] {
                #expect(try await browser.post(token, try await browser.get(token).fields(verb)).status == 303)
            }
            let page = try await browser.get(token)
            #expect(page.body.contains("value=\"dissuaded\"") && !page.body.contains("value=\"well\""))
            #expect(!page.body.contains("tel:") && !page.body.contains("敲门无人应"))
            var fields = try page.fields("handle")
            fields["found"] = "well"
            #expect(try await browser.post(token, fields).status == 400)
            fields["found"] = "dissuaded"
            #expect(try await browser.post(token, fields).status == 303)
        }
        #expect(try bench.ledger.events(alert: alert).last?.change == "handled")
    }

    @Test func `what came too late is told with the state of now; a closed case is text alone`() async throws {
        let bench = try PageBench()
        let alert = try bench.raise()
        let token = try bench.link(alert, to: "wang").token
        try await bench.serve { browser in
            let fields = try await browser.get(token).fields("ack")
            bench.desk.record(
                "$shouwang/act", "{\"alert\":\"\(alert)\",\"verb\":\"close\",\"found\":\"well\",\"actor\":\"boss\"}")
            let late = try await browser.post(token, fields)
            #expect(late.status == 409 && late.body.contains("状态已经变了") && late.body.contains("已结案"))
            let page = try await browser.get(token).body
            #expect(page.contains("已结案") && !page.contains("<form") && !page.contains("tel:"))
        }
    }

    @Test func `while nothing can be stored the page says that nothing was kept`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        try await bench.serve { browser in
            let fields = try await browser.get(token).fields("ack")
            bench.desk.answerAll(.unavailable)
            let no = try await browser.post(token, fields)
            #expect(no.status == 503 && no.body.contains("没有记下任何内容") && no.headers["Retry-After"] == ["5"])
            bench.desk.answerAll(.busy)
            #expect(try await browser.post(token, fields).status == 429)
            bench.desk.answerAll(nil)
            #expect(try await browser.post(token, fields).status == 303)
        }
    }

    @Test func `the browser's language is taken, else the site's`() async throws {
        let bench = try PageBench()
        let token = try bench.link(try bench.raise(), to: "wang").token
        try await bench.serve { browser in
            let english = try await browser.get(token, ["Accept-Language": "de, en;q=0.8, zh;q=0.5"]).body
            #expect(english.contains("<html lang=\"en\">") && english.contains(">Accept</button>"))
            #expect(!english.contains("签收"))
            #expect(try await browser.get(token, ["Accept-Language": "fr"]).body.contains(">签收</button>"))
            #expect(try await browser.get(token, ["Accept-Language": "en;q=0, zh-CN"]).body.contains(">签收</button>"))
        }
    }
}
