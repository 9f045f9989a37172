import ConsoleClient
import Diagnostics
import Foundation
import Testing

/// Tables that can be read in eighty columns, with Chinese characters two columns wide.
@Suite struct AlertWordsTests {
    private func value(_ text: String) throws -> ConsoleValue { try #require(ConsoleValue(Array(text.utf8))) }

    private static let alert = """
        {"schema":"shouwang.alert/1","change":"acknowledged","at":"2026-03-05T08:03:00.000+08:00",
        "id":"7f3a9c0000000001","short":"7F3A9C","rule":"still","kind":"no_movement","severity":"high","site":"hgs",
        "place":"3栋/2单元/502","grid":"g3","key":"3栋/2单元/502","person":"e1","started":"2026-03-02T08:00:00.000+08:00",
        "detected":"2026-03-05T08:00:00.000+08:00","state":"acknowledged","actor":"w1","assignee":"w1","lamp":"yellow",
        "verdict":"not_moving","detail":{"stage":2},"evidence":[],
        "message":{"zh-Hans":"【预警·重要】3栋2单元502 罗*华(独居)已72小时未见活动,请上门查看。编号7F3A9C",
        "en":"[Alert: high] 3栋2单元502 罗*华 has not moved for 72 h. No. 7F3A9C"},
        "allowed":["arrive","handle","return"],
        "events":[{"change":"raised","at":"2026-03-05T08:00:00.000+08:00","state":"open"},
        {"change":"escalated","at":"2026-03-05T08:05:00.000+08:00",
        "act":{"to":"street","reason":"no_access"},"actor":"w1"},
        {"change":"noted","at":"2026-03-05T08:06:00.000+08:00","actor":"w1","note":"没人应门\\u001b[31m"}],
        "deliveries":[{"channel":"wecom-grid3","recipient":"w1","state":"sent","answer":"ok"}]}
        """

    @Test func `a list has a line an alert, none wider than the terminal, in columns that stand below each other`()
        throws
    {
        let other = """
            {"id":"00aa11ffffffffff","kind":"thrown_object","severity":"critical","state":"on_site",
            "place":"幸福里小区西区东侧门岗亭旁边的垃圾分类投放点",
            "started":"2026-03-05T23:59:59.999+08:00","assignee":"一位名字特别特别特别特别长的网格员同志","detail":{"drill":true}}
            """
        let alerts = [try value(AlertWordsTests.alert), try value(other)]
        for language in Language.allCases {
            let lines = AlertWords.list(alerts, language: language)
            #expect(lines.count == 3)
            for line in lines { #expect(DisplayWidth.of(line) <= 80, "\(line)") }
            // The columns begin at the same place in each line.
            let starts = zip(lines, ["开始", "03-02 08:00", "03-05 23:59"]).map { line, mark in
                line.range(of: language == .zhHans || mark != "开始" ? mark : "since").map {
                    DisplayWidth.of(String(line[..<$0.lowerBound]))
                }
            }
            #expect(starts[0] != nil && Set(starts).count == 1, "\(lines)")
        }
        let zh = AlertWords.list(alerts, language: .zhHans)
        #expect(zh[1] == "7F3A9C 重要 已签收 黄   03-02 08:00 3栋/2单元/502           居家无活动 → w1")
        #expect(zh[2].contains("【演练】") && zh[2].hasSuffix("…"))
        #expect(AlertWords.list(alerts, language: .en)[2].contains("[Drill]"))
    }

    @Test func `a page has what the API has, within the width, and moves no cursor`() throws {
        for language in Language.allCases {
            let lines = AlertWords(try value(AlertWordsTests.alert), language: language).page()
            for line in lines { #expect(DisplayWidth.of(line) <= 80, "\(line)") }
            let text = lines.joined(separator: "\n")
            #expect(!text.unicodeScalars.contains { $0.value == 0x1B })
            for part in ["7F3A9C (7f3a9c0000000001)", "still", "2026-03-02 08:00:00", "w1", "arrive, handle, return"] {
                #expect(text.contains(part), "\(part)")
            }
            #expect(text.contains("no_access") && text.contains("street") && text.contains("wecom-grid3"))
        }
        let zh = AlertWords(try value(AlertWordsTests.alert), language: .zhHans)
        #expect(zh.line == "7F3A9C 已签收 3栋/2单元/502 居家无活动 → w1")
        #expect(zh.page().joined().contains("没人应门"))
    }

    @Test(arguments: [
        ("abc", 3), ("编号", 4), ("3栋2单元", 8), ("é", 1), ("e\u{301}", 1), ("—", 1), ("，", 2), ("“", 1), ("😀", 2),
        ("", 0), ("\u{200D}", 0), ("ｶ", 1), ("Ａ", 2), ("한", 2),
    ]) func `a character is as wide as a terminal shows it`(_ text: String, _ width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `a text is cut at a character, and never wider than asked for`() {
        for width in 1...12 {
            let cut = DisplayWidth.cut("a编号b很长的内容", to: width)
            #expect(DisplayWidth.of(cut) <= width && cut.hasSuffix("…"), "\(width): \(cut)")
        }
        #expect(DisplayWidth.cut("编号", to: 4) == "编号" && DisplayWidth.cut("编号", to: 3) == "编…")
        for width in 2...20 {
            let lines = DisplayWidth.lines("one two three 四五六七八九十 eleven", width: width)
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= width }, "\(width): \(lines)")
            let kept = lines.joined().filter { $0 != " " }
            #expect(kept == "onetwothree四五六七八九十eleven", "\(width): \(lines)")
        }
    }

    @Test func `what the program has no words for is shown by its keys`() throws {
        let status = try value(
            #"{"ready":true,"journal":{"bytes":12,"failed":null},"#
                + #""feeds":[{"name":"native","last":"2026"},{"name":"b"}],"notes":[]}"#
        )
        #expect(
            ValueLines.of(status) == [
                "feeds", "  last name", "  2026 native", "       b", "journal", "  bytes   12", "  failed  –",
                "notes    –",
                "ready    yes",
            ])
    }
}
