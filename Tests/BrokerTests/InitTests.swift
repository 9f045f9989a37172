import Foundation
import Testing

/// What `init` writes, whatever was answered.
@Suite(.timeLimit(.minutes(10)))
struct InitTests {
    private static func answers(_ given: [Int: String], store: String) -> String {
        (1...6).map { given[$0] ?? ($0 == 5 ? store : "") }.joined(separator: "\n") + "\n"
    }

    private static func check(_ folder: String) throws -> (code: Int32, output: String, talk: String) {
        try DaemonFixture.run(["check", "--config", folder + "/shouwang.yaml", "--strict"])
    }

    @Test func `what init writes passes check without a warning, and is not overwritten`() throws {
        let site = try CommandSite()
        let made = try DaemonFixture.run(
            ["init", site.folder + "/site"], input: Self.answers([1: "hgs", 2: "红谷春天"], store: site.folder))
        #expect(made.code == 0, "\(made.talk)")
        let checked = try Self.check(site.folder + "/site")
        #expect(checked.code == 0, "\(checked.output)\(checked.talk)")
        let again = try DaemonFixture.run(["init", site.folder + "/site"], input: "hgs\n\n\n\n\n\n")
        #expect(again.code == 74 && again.talk.contains("shouwang.yaml"))
        let mode = try site.shell("stat -c %a site/mqtt.password").output
        #expect(mode == "600\n")
    }

    @Test func `an answer is taken as it was meant, or refused: what is written passes check`() throws {
        let site = try CommandSite()
        let taken: [[Int: String]] = [
            [1: "null"], [1: "true"], [1: "on"], [1: "yes"], [1: "no"], [1: "1e3"], [1: "0x1f"], [1: "007"], [1: "-"],
            [1: "--"],
            [1: "12-30"], [1: "  hgs\t"], [1: "\u{FEFF}hgs"], [1: "hgs\r"], [1: "hgs１"], [1: "\u{3000}hgs\u{3000}"],
            [2: "null"], [2: "~"], [2: "a \"quoted\" name"], [2: "it's: #1, {so} [to] & *say*"], [2: "back\\slash \\n"],
            [2: "- dash"],
            [2: "👵🏽 家 👨‍👩‍👧"], [2: "%TAG ! @at `tick` | > ?"], [2: "：全角，名称＃"], [2: "123"], [2: "2026-03-05"],
            [3: "UTC"], [3: "Ａsia/Shanghai"], [4: "en"], [4: "zh-Hans"], [4: "ｅn"],
            [5: "/tmp/a b/c:d #e"], [5: "/tmp/\"quoted\"\\x"], [5: "/tmp/数据"], [5: "/tmp/{x}"],
            [6: "https://example.org/a?b=c&d={x}#e"], [6: "https://example.org:8443/'a'"],
        ]
        for (number, given) in taken.enumerated() {
            let folder = site.folder + "/taken\(number)"
            let made = try DaemonFixture.run(
                ["init", folder], input: Self.answers(given, store: site.folder + "/store"))
            #expect(made.code == 0, "\(given): \(made.talk)")
            let checked = try Self.check(folder)
            #expect(checked.code == 0, "\(given): \(checked.output)")
            if let id = given[1] {
                let yaml = try site.read("taken\(number)/shouwang.yaml")
                let plain =
                    id.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
                    + (id.hasSuffix("１") ? "1" : "")
                #expect(yaml.contains("id: \"\(plain)\"") && yaml.contains("client_id: \"shouwang-\(plain)\""), "\(id)")
            }
        }
        let refused: [[Int: String]] = [
            [1: "Bad Name!"], [1: "~"], [1: "HGS"], [1: "a/b"], [1: "a+b"], [1: "a#"], [1: "小区"], [1: "a b"], [1: "é"],
            [1: String(repeating: "a", count: 33)], [2: "a\u{07}b"], [2: "a\u{1B}[31mred"], [2: "a\u{202E}b"],
            [2: "a\u{2028}b"],
            [2: String(repeating: "长", count: 101)], [3: "Mars/Olympus"], [3: "null"], [4: "fr"], [4: "true"],
            [5: "relative"],
            [5: "/tmp/a\u{01}b"], [6: "ftp://x"], [6: "null"], [6: "https://"], [6: "http://a b/"],
        ]
        for (number, given) in refused.enumerated() {
            let made = try DaemonFixture.run(
                ["init", site.folder + "/refused\(number)"], input: Self.answers(given, store: site.folder + "/store"))
            #expect(made.code == 64 && made.talk.contains(" · "), "\(given): \(made)")
            #expect(!site.has("refused\(number)"), "\(given)")
        }
        // Bytes of GBK, and a folder that no file of mosquitto can name.
        #expect(try site.shell("printf 'hgs\\n\\xba\\xec\\n' | \"$S\" init gbk").code == 64)
        #expect(try site.shell("printf 'hgs\\n' | \"$S\" init $'two\\nlines'").code == 64)
    }

    @Test func `the catalogue is there, in the site's language, life safety and device health switched on`() throws {
        let site = try CommandSite()
        for (language, word, other) in [("en", "---- Life safety", "事关人命"), ("zh-Hans", "事关人命", "Life safety")] {
            let folder = site.folder + "/" + language
            let made = try DaemonFixture.run(
                ["init", folder], input: Self.answers([1: "hgs", 4: language], store: site.folder + "/store"))
            #expect(made.code == 0, "\(made.talk)")
            let yaml = try site.read(language + "/shouwang.yaml")
            #expect(yaml.contains(word) && !yaml.contains(other), "\(language)")
            let rules = yaml.split(separator: "\n").compactMap {
                $0.firstMatch(of: /^  (# )?[a-z-]+: {kind: ([a-z_]+)/)
            }
            let active = Set(rules.filter { $0.1 == nil }.map { String($0.2) })
            for kind in [
                "no_movement", "sos", "fall", "smoke_fire", "lift_trapped", "leak", "device_silent", "upstream_silent",
                "low_battery", "clock_fault", "identity_mismatch", "device_stuck", "device_flooding", "thrown_object",
                "ebike_in_building",
            ] { #expect(active.contains(kind), "\(language): \(kind)") }
            for kind in ["fire_lane_blocked", "ebike_stays", "tailgating", "gate_flow", "anti_passback", "expression"] {
                #expect(rules.contains { $0.1 != nil && $0.2 == kind }, "\(language): \(kind)")
            }
            #expect(yaml.contains("{after: 24h, severity: medium}, {after: 72h, severity: high}"))
        }
    }

    @Test func `what is switched on later is a rule, and its kinds have a route`() throws {
        let site = try CommandSite()
        for language in ["en", "zh-Hans"] {
            let folder = site.folder + "/" + language
            _ = try DaemonFixture.run(
                ["init", folder], input: Self.answers([1: "hgs", 4: language], store: site.folder + "/store"))
            let yaml = try site.read(language + "/shouwang.yaml").replacing(#/  # ([a-z-]+: {kind)/#) {
                "  \($0.1)"
            }
            try site.write(language + "/shouwang.yaml", yaml)
            let checked = try DaemonFixture.run(["check", "--config", folder + "/shouwang.yaml"])
            // Their cameras are not registered yet; nothing else is to be told.
            #expect(checked.code == 0, "\(checked.output)")
            let routes = yaml.split(separator: "routes:")[1]
            for match in yaml.matches(of: /{kind: ([a-z_]+)[,}]/)
            where !["expression", "mqtt", "native"].contains(match.1) {
                #expect(routes.contains(match.1), "\(match.1) has no route")
            }
        }
    }

    @Test func `calls for help under what init wrote are raised`() throws {
        let site = try CommandSite()
        _ = try DaemonFixture.run(
            ["init", site.folder + "/site"], input: Self.answers([1: "hgs"], store: site.folder + "/store"))
        let calls = [
            "elder/pir-1\",\"payload\":{\"type\":\"sos\"}", "elder/pir-1\",\"payload\":{\"type\":\"fall\"}",
            "elder/pir-1\",\"payload\":{\"type\":\"smoke\"}", "elder/pir-1\",\"payload\":{\"type\":\"leak\"}",
            "report/lift-1\",\"payload\":{\"type\":\"lift_trapped\"}",
        ]
        try site.write(
            "calls.jsonl",
            calls.map { "{\"tst\":\"2026-03-05T08:00:00Z\",\"topic\":\"community/hgs/\($0)}\n" }.joined())
        let result = try site.shell("\"$S\" replay calls.jsonl --config site/shouwang.yaml --alerts -")
        let raised = result.output.matches(of: /"change":"raised".*?"rule":"([a-z-]+)"/).map { String($0.1) }
        #expect(Set(raised) == ["sos", "fall", "smoke-fire", "leak", "lift-trapped"], "\(result)")
    }
}
