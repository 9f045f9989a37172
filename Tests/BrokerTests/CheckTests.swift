import Foundation
import Testing

/// What `check` tells of files that are not there.
@Suite(.timeLimit(.minutes(5)))
struct CheckTests {
    private static let check = "\"$S\" check --config site.yaml"

    private static func hook(_ secret: String) -> String {
        """
        channels:
          board: {kind: mqtt}
          hook: {kind: webhook, url: "https://example.org/x", secret: \(secret)}
        routes: [{match: {}, to: [board, guard]}]

        """
    }

    @Test func `a sheet that is missing, empty or without rows is told with what it means`() throws {
        let site = try CommandSite(
            "channels: {board: {kind: mqtt}}\nroutes: [{match: {}, to: [board, guard]}]\n")
        #expect(try site.shell("\(Self.check) --strict").code == 0)
        for (sheet, meaning) in [
            ("places.csv", "no building"), ("devices.csv", "unknown device"), ("workers.csv", "nobody is told"),
        ] {
            let kept = try site.read("registry/" + sheet)
            try site.remove("registry/" + sheet)
            var told = try site.shell(Self.check)
            #expect(
                told.code == 0 && told.output.contains("registry/\(sheet):0:0: warning: there is no such sheet"),
                "\(told)")
            #expect(told.output.contains(meaning), "\(sheet): \(told.output)")
            #expect(try site.shell("\(Self.check) --strict").code == 78)
            for nothing in ["", "\n\n", "\u{FEFF}", "  \r\n"] {
                try site.write("registry/" + sheet, nothing)
                told = try site.shell(Self.check)
                #expect(told.code == 78 && told.output.contains("\(sheet):0:0: the sheet is empty"), "\(told)")
            }
            try site.write("registry/" + sheet, String(kept.prefix { $0 != "\n" }) + "\n")
            told = try site.shell(Self.check)
            let expected = sheet == "places.csv" ? "" : "\(sheet):0:0: warning: the sheet has no row"
            #expect(told.code == 0 && (expected.isEmpty || told.output.contains(expected)), "\(told)")
            try site.write("registry/" + sheet, kept)
        }
    }

    @Test func `residents and workers are missed where somebody needs them, and else noted`() throws {
        let site = try CommandSite()
        try site.remove("registry/residents.csv")
        try site.remove("registry/workers.csv")
        let noted = try site.shell("\(Self.check) --strict")
        #expect(noted.code == 0 && noted.output.contains("residents.csv:0:0: note: there is no such sheet"), "\(noted)")
        let yaml = try site.read("site.yaml").replacing("{sos: {kind: sos}}", with: "{n: {kind: no_movement}}")
            .replacing("to: [board]", with: "to: [board], escalate: [{after: 5m, to: [guard]}]")
        try site.write("site.yaml", yaml)
        let told = try site.shell(Self.check)
        #expect(
            told.output.contains("residents.csv:0:0: warning:") && told.output.contains("workers.csv:0:0: warning:"))
    }

    @Test func `gates that cannot tell both ways enclose no area`() throws {
        let site = try CommandSite()
        let yaml = try site.read("site.yaml").replacing(
            "{sos: {kind: sos}}", with: "{back: {kind: anti_passback, places: [yard]}}")
        try site.write("site.yaml", yaml)
        try site.write(
            "registry/places.csv", "id,kind,parent\nb1,building,\nyard,area,\ngate-a,area,yard\nout,area,\n")
        let cases: [(rows: String, word: String?)] = [
            ("g1,gate-a,gate,\n", nil), ("g1,gate-a,gate,1=in|2=out\n", nil),
            ("g1,gate-a,gate,in\ng2,yard,gate,out\n", nil),
            ("g1,gate-a,gate,in\ng2,yard,gate,in\n", "the way in alone"),
            ("g1,gate-a,gate,out\n", "the way out alone"), ("g1,gate-a,gate,7=out|8=out\n", "the way out alone"),
            ("g1,gate-a,gate,in\ng2,out,gate,out\n", "the way in alone"),
            ("g1,gate-a,unit_door,\n", "there is no outer gate in it"),
        ]
        for (rows, word) in cases {
            try site.write("registry/devices.csv", "id,place,kind,dir\n" + rows)
            let told = try site.shell(Self.check)
            #expect((told.code == 78) == (word != nil), "\(rows): \(told)")
            if let word { #expect(told.output.contains("\(word)"), "\(rows): \(told.output)") }
        }
    }

    @Test func `a secret that is not there is an error with its place, and replay does not care`() throws {
        let cases: [(secret: String, word: String)] = [
            ("{file: none}", "there is no file"), ("{file: folder}", "is a folder"), ("{file: empty}", "is empty"),
            ("{file: binary}", "no UTF-8 text"), ("{env: NOT_SET_HERE}", "NOT_SET_HERE is not set"),
            ("{env: BLANK}", "is empty"),
        ]
        for (secret, word) in cases {
            let site = try CommandSite(Self.hook(secret))
            try site.shell("mkdir folder; : > empty; printf '\\xff\\xfe' > binary")
            let told = try site.shell("BLANK= \(Self.check)")
            #expect(told.code == 78, "\(secret): \(told)")
            #expect(
                told.output.contains("site.yaml:9:") && told.output.contains("channels.hook.secret: "), "\(told.output)"
            )
            #expect(told.output.contains(word), "\(secret): \(told.output)")
            #expect(try site.shell("\"$S\" replay log.jsonl --config site.yaml").code == 0)
        }
        let good = try CommandSite(Self.hook("{file: key}"))
        try good.write("key", "abc\n")
        #expect(try good.shell("\(Self.check) --strict").code == 0)
    }

    @Test func `a credential is looked for where systemd puts it, and else cannot be told`() throws {
        let site = try CommandSite(Self.hook("{credential: hook}"))
        let unknown = try site.shell(Self.check)
        #expect(unknown.code == 0 && unknown.output.contains("warning: channels.hook.secret"), "\(unknown)")
        try site.shell("mkdir credentials")
        let missing = try site.shell("CREDENTIALS_DIRECTORY=$PWD/credentials \(Self.check)")
        #expect(missing.code == 78 && missing.output.contains("credentials/hook"), "\(missing)")
        try site.write("credentials/hook", "abc")
        #expect(try site.shell("CREDENTIALS_DIRECTORY=$PWD/credentials \(Self.check) --strict").code == 0)
    }

    @Test func `certificates of the broker and its password are looked for as well`() throws {
        let site = try CommandSite()
        let yaml = try site.read("site.yaml").replacing(
            "{broker: \"mqtt://127.0.0.1:1\", client_id: t, qos: 1}",
            with:
                "{broker: \"mqtts://127.0.0.1:1\", client_id: t, qos: 1, username: u, password: {file: p}, tls: {ca: ca.pem, cert: c.pem, key: k.pem}}"
        )
        try site.write("site.yaml", yaml)
        try site.write("c.pem", "")
        let told = try site.shell(Self.check)
        #expect(told.code == 78)
        for key in ["mqtt.password", "mqtt.tls.ca", "mqtt.tls.cert", "mqtt.tls.key"] {
            #expect(told.output.contains("site.yaml:2:") && told.output.contains(key + ": "), "\(key): \(told.output)")
        }
        for name in ["p", "ca.pem", "c.pem", "k.pem"] { try site.write(name, "x\n") }
        #expect(try site.shell("\(Self.check) --strict").code == 0)
    }
}
