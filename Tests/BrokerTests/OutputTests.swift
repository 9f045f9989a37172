import Foundation
import Testing

/// What commands write, where they may write it, and what they say where they cannot.
@Suite(.timeLimit(.minutes(5)))
struct OutputTests {
    private static let replay = "\"$S\" replay log.jsonl --config site.yaml"

    @Test func `no output may be a file that is read, whatever it is called`() throws {
        let site = try CommandSite()
        try site.shell(
            "\(Self.replay) --alerts old.jsonl; ln -s log.jsonl soft; ln -s soft softer; ln log.jsonl hard; mkdir d; ln -s .. d/up"
        )
        let kept = try site.shell("cksum log.jsonl site.yaml registry/* old.jsonl").output
        for (output, named) in [
            ("log.jsonl", "log.jsonl"), ("./d/../log.jsonl", "log.jsonl"), ("\(site.folder)/log.jsonl", "log.jsonl"),
            ("soft", "log.jsonl"), ("softer", "log.jsonl"), ("hard", "log.jsonl"), ("d/up/log.jsonl", "log.jsonl"),
            ("site.yaml", "site.yaml"), ("registry/devices.csv", "devices.csv"),
        ] {
            let result = try site.shell("\(Self.replay) --alerts \(output)")
            #expect(
                result.code == 64 && result.talk.contains(output) && result.talk.contains(named), "\(output): \(result)"
            )
            #expect(result.output.isEmpty)
        }
        let lines = [
            "\(Self.replay) --compare old.jsonl --alerts old.jsonl",
            "\"$S\" replay - --config site.yaml --alerts hard < log.jsonl",
            "\(Self.replay) >> log.jsonl", "\(Self.replay) --alerts - >> hard", "\(Self.replay) >> site.yaml",
            "\"$S\" replay - --config site.yaml 0<log.jsonl 1>>log.jsonl",
            "\"$S\" check --config site.yaml >> site.yaml",
            "\"$S\" check --config site.yaml >> registry/workers.csv",
            "\"$S\" why abc log.jsonl --config site.yaml >> log.jsonl",
            "\"$S\" why-not b1 log.jsonl --config site.yaml >> soft",
        ]
        for line in lines {
            let result = try site.shell(line)
            #expect(result.code == 64 && result.talk.contains("nothing was written"), "\(line): \(result)")
        }
        #expect(try site.shell("cksum log.jsonl site.yaml registry/* old.jsonl").output == kept)
    }

    @Test func `no output may stand in a journal that is read, nor be one of its segments`() throws {
        let site = try CommandSite()
        try site.shell("mkdir journal; cp log.jsonl journal/00000000000000000001.jsonl; ln -s journal j")
        for output in ["journal/00000000000000000001.jsonl", "j/00000000000000000009.jsonl", "journal/alerts"] {
            let result = try site.shell("\"$S\" replay journal --config site.yaml --alerts \(output)")
            #expect(result.code == 64 && result.talk.contains(output), "\(output): \(result)")
        }
        #expect(try site.read("journal/00000000000000000001.jsonl") == CommandSite.log)
        #expect(!site.has("journal/alerts"))
    }

    @Test func `devices may be both, and other files are written`() throws {
        let site = try CommandSite()
        #expect(try site.shell("\"$S\" replay - --config site.yaml --alerts /dev/null < /dev/null").code == 0)
        #expect(try site.shell("\(Self.replay) --alerts new.jsonl > summary").code == 0)
        #expect(try site.read("new.jsonl").split(separator: "\n").count == 2)
        #expect(try site.read("summary").contains("records     3"))
    }

    @Test func `a file is written aside and takes its name whole, with owner, mode and link kept`() throws {
        let site = try CommandSite()
        try site.shell("mkdir out; echo old > out/a; chmod 640 out/a; ln -s out/a link; ln -s out/none dangling")
        #expect(try site.shell("\(Self.replay) --alerts link").code == 0)
        #expect(try site.shell("stat -c '%a %F' out/a link").output == "640 regular file\n777 symbolic link\n")
        #expect(try site.read("out/a").split(separator: "\n").count == 2)
        #expect(try site.shell("\(Self.replay) --alerts dangling").code == 0)
        #expect(site.has("out/none"))
        // A run that fails leaves what was there.
        try site.write("foreign", Array("%PDF-1.4 xx".utf8))
        #expect(try site.shell("cat foreign | \"$S\" replay - --config site.yaml --alerts out/a").code == 65)
        #expect(try site.read("out/a").split(separator: "\n").count == 2)
        let limited = try site.shell("ulimit -f 0; \(Self.replay) --alerts out/a")
        #expect(limited.code == 74 && limited.talk.contains("ulimit -f"), "\(limited)")
        #expect(try site.read("out/a").split(separator: "\n").count == 2)
        let made = try site.shell("ls -A out").output
        #expect(made == "a\nnone\n", "nothing stays beside it: \(made)")
    }

    @Test func `a pipe, a device and an open file are written as they are`() throws {
        let site = try CommandSite()
        let whole = try site.shell("\(Self.replay) --alerts -").output
        let lines = [
            "mkfifo p; cat p & \(Self.replay) --alerts p > /dev/null; wait; test -p p",
            "\(Self.replay) --alerts /dev/stdout > all; grep schema all",
            "\(Self.replay) --alerts >(cat) > /dev/null; sleep 0.2",
            "\(Self.replay) --alerts /dev/fd/7 7> seven > /dev/null; cat seven",
        ]
        for line in lines {
            let result = try site.shell(line)
            #expect(result.code == 0 && result.output == whole, "\(line): \(result)")
        }
    }

    @Test func `a standard output that is full ends each command with 74, cause and remedy`() throws {
        let site = try CommandSite()
        try site.shell("\(Self.replay) --alerts a.jsonl; echo '{' > bad.scenario")
        let id = try #require(try site.read("a.jsonl").firstMatch(of: /"id":"([0-9a-f]+)"/)).1
        try site.write("ok.scenario", Self.scenario)
        let lines = [
            Self.replay, "\(Self.replay) --alerts -", "\(Self.replay) --summary json",
            "\(Self.replay) --compare empty.jsonl",
            "\"$S\" why \(id) log.jsonl --config site.yaml", "\"$S\" why-not b-1 log.jsonl --config site.yaml",
            "\"$S\" test ok.scenario", "\"$S\" check --config site.yaml --who",
            "\"$S\" check --config none.yaml --format json",
            "\"$S\" init made",
        ]
        try site.write("empty.jsonl", "")
        try site.write("registry/residents.csv", "id,dwelling,care\nr1,b1/1/101,yes\n")
        for line in lines {
            let result = try site.shell("rm -rf made; \(line) > /dev/full")
            #expect(result.code == 74, "\(line): \(result)")
            #expect(result.talk.contains("No space left on device") && result.talk.contains("Free space"), "\(line)")
        }
        let file = try site.shell("\(Self.replay) --alerts /dev/full")
        #expect(file.code == 74 && file.talk.contains("/dev/full: cannot be written: No space left"), "\(file)")
        let closed = try site.shell("\(Self.replay) >&-")
        #expect(closed.code == 74 && closed.talk.contains("Bad file descriptor"), "\(closed)")
        let nowhere = try site.shell("\(Self.replay) --alerts none/a.jsonl")
        #expect(nowhere.code == 74 && nowhere.talk.contains("Make the folder"), "\(nowhere)")
        #expect(try site.shell("\(Self.replay) --alerts registry").code == 74)
    }

    private static let scenario = """
        site: {id: t, timezone: Asia/Shanghai}
        rules:
          sos: {kind: sos}
        registry:
          places: |
            id,kind
            b1,building
          devices: |
            id,place,family,kind
            b-1,b1,elder,button
        start: 2026-03-05 14:00:00
        ---
        case: nothing but movement raises nothing
          +0   elder/b-1 motion
          +1m  => nothing
          end +1h

        """

    @Test func `a reader that goes ends a replay without a word`() throws {
        let site = try CommandSite()
        // Two minutes apart: each is an alert of its own, and all of them are more than a pipe holds.
        let calls = (0..<1000).map { number in
            let minute = number % 30 * 2
            let time = "\(number / 30 % 14 + 10):\(minute < 10 ? "0" : "")\(minute):00"
            return CommandSite.line(time, "sos", day: "2026-03-0\(number / 420 + 1)")
        }
        try site.write("long.jsonl", calls.joined())
        let line = "\"$S\" replay long.jsonl --config site.yaml --alerts - 2> talk | head -1 | wc -l; cat talk"
        let result = try site.shell(line)
        #expect(result.output == "1\n", "\(result)")
        // The same where the caller had broken pipes told instead of being ended by them.
        let ignoring = try site.shell("trap '' PIPE; \(line)")
        #expect(ignoring.output == "1\n", "\(ignoring)")
    }
}
