import Foundation
import Testing

/// Logs, and outputs to compare with, as people hand them over.
@Suite(.timeLimit(.minutes(5)))
struct LogCommandTests {
    private static let replay = "\"$S\" replay log.jsonl --config site.yaml"

    @Test func `a log with a byte order mark keeps its first record, as file, packed and from a pipe`() throws {
        let site = try CommandSite()
        let whole = try site.shell("\(Self.replay) --alerts -").output
        try site.write("bom.jsonl", [0xEF, 0xBB, 0xBF] + Array(CommandSite.log.utf8))
        try site.shell("gzip -k bom.jsonl")
        for line in ["bom.jsonl", "bom.jsonl.gz", "- < bom.jsonl", "- < bom.jsonl.gz"] {
            let result = try site.shell("\"$S\" replay --config site.yaml --alerts - --strict \(line)")
            #expect(result.code == 0 && result.output == whole, "\(line): \(result)")
        }
    }

    @Test func `what is no log is named with the remedy, exit 65, and nothing is written`() throws {
        let site = try CommandSite()
        let wide = Array(CommandSite.log.data(using: .utf16LittleEndian) ?? Data())
        let files: [(name: String, bytes: [UInt8], word: String)] = [
            ("utf16", [0xFF, 0xFE] + wide, "iconv -f UTF-16"), ("bare16", wide, "iconv -f UTF-16LE"),
            ("z", [0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0], "zstd -dc"),
            ("x", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0], "xz -dc"),
            ("zip", [0x50, 0x4B, 3, 4, 0, 0], "unzip -p"), ("pdf", Array("%PDF-1.7".utf8), "PDF"),
        ]
        try site.write("alerts", "what was there\n")
        for (name, bytes, word) in files {
            try site.write(name, bytes)
            for log in [name, "log.jsonl \(name)", "- < \(name)", "<(cat \(name))"] {
                let result = try site.shell("\"$S\" replay --config site.yaml --alerts alerts \(log)")
                #expect(result.code == 65 && (result.output + result.talk).contains(word), "\(log): \(result)")
                #expect(try site.read("alerts") == "what was there\n", "\(log)")
            }
            #expect(try site.shell("\"$S\" why-not b1 \(name) --config site.yaml").code == 65, "\(name)")
        }
    }

    @Test func `compare takes alert changes alone, and tells the line that is none`() throws {
        let site = try CommandSite()
        try site.shell(
            "\(Self.replay) --alerts good.jsonl; gzip -k good.jsonl; mkdir folder; : > empty; head -c 900 good.jsonl > cut"
        )
        try site.write("garbage", "this is\nno output\n")
        try site.write("bom", Array([0xEF, 0xBB, 0xBF] + (try site.read("good.jsonl")).utf8))
        try site.write("binary", [0, 1, 2, 3, 255, 254, 10, 7])
        for (name, place) in [
            ("garbage", "garbage:1"), ("log.jsonl", "log.jsonl:1"), ("folder", "folder"), ("good.jsonl.gz", "gzip -d"),
            ("binary", "binary"), ("cut", "cut:"), ("site.yaml", "site.yaml:1"),
        ] {
            let result = try site.shell("\(Self.replay) --compare \(name) --alerts out")
            #expect(result.code == 65 && result.talk.contains(place), "\(name): \(result)")
            #expect(result.output.isEmpty && !site.has("out"), "\(name)")
        }
        #expect(try site.shell("\(Self.replay) --compare none").code == 66)
        #expect(try site.shell("\(Self.replay) --compare good.jsonl").code == 0)
        #expect(try site.shell("\(Self.replay) --compare bom").code == 0)
        let added = try site.shell("\(Self.replay) --compare empty")
        #expect(added.code == 1 && added.output.contains("added sos b-1 2026-03-05T16:00:00.000+08:00"), "\(added)")
    }

    @Test func `a stamp that leaps is counted and told with file and line, and nothing after it is late`() throws {
        let site = try CommandSite("routes: [{match: {}, to: [board]}]\nchannels: {board: {kind: mqtt}}\n")
        let leap = CommandSite.line("06:28:15", "motion", day: "2106-02-07")
        try site.write("leap.jsonl", CommandSite.line("07:00:00", "motion") + leap + CommandSite.log)
        let whole = try site.shell("\(Self.replay) --alerts -").output
        let result = try site.shell("\"$S\" replay leap.jsonl --config site.yaml --alerts - --summary json")
        #expect(result.output == whole && result.talk.contains("\"stamp-leap\":1"), "\(result)")
        let told = try site.shell("\"$S\" replay leap.jsonl --config site.yaml")
        #expect(told.output.contains("leap.jsonl:2: stamp-leap: the stamp 2106-02-07T06:28:15"), "\(told)")
    }
}
