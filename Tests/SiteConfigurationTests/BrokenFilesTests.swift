import FileIO
import Diagnostics
import Foundation
import Testing

@testable import ConfigReading
@testable import SiteConfiguration

/// What editors, input methods and accidents do to a whole file.
@Suite struct BrokenFilesTests {
    private func errors(_ bytes: [UInt8]) -> [Diagnostic] {
        let (settings, diagnostics) = Settings.parse(bytes, file: "c.yaml", baseDirectory: "/x") {
            (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
        }
        #expect(settings == nil)
        return diagnostics.filter { $0.severity == .error }
    }

    private func place(_ diagnostic: Diagnostic?) -> [Int] { diagnostic.map { [$0.line, $0.column] } ?? [] }

    @Test func `GBK is named, with the command that converts it`() {
        // site: {id: a, name: 小区} in GBK.
        let bytes = Array("# x\nsite: {id: a, name: ".utf8) + [0xD0, 0xA1, 0xC7, 0xF8] + Array("}\n".utf8)
        let errors = errors(bytes)
        #expect(errors.map(\.code) == ["config.encoding"])
        #expect(place(errors.first) == [2, 21])
        #expect(errors.first?.remedy.en.contains("iconv -f GBK -t UTF-8") == true)
        #expect(errors.first?.remedy.zh.contains("iconv -f GBK -t UTF-8") == true)
    }

    @Test func `a broken byte is told with its place and not taken for GBK`() {
        let errors = errors(Array("site: 小区".utf8) + [0xFF])
        #expect(errors.map(\.code) == ["config.encoding"])
        #expect(place(errors.first) == [1, 9])
        #expect(errors.first?.what.en.contains("0xFF") == true)
    }

    @Test func `UTF-16 is named with and without a mark`() throws {
        let text = "site: {id: hgs}\n"
        for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16] {
            let errors = errors(Array(try #require(text.data(using: encoding))))
            #expect(errors.map(\.code) == ["config.encoding"])
            #expect(errors.first?.what.en.contains("UTF-16") == true)
            #expect(errors.first?.remedy.en.contains("iconv -f UTF-16") == true)
        }
    }

    @Test(
        arguments: [
            ("a tab", "site:\n▶\tid: hgs\n", "config.tab", "blanks"),
            ("a tab behind blanks", "site:\n  ▶\tid: hgs\n", "config.tab", "blanks"),
            ("a tab before a comment", "site: {id: hgs}\n▶\t# x\n", "config.tab", "blanks"),
            ("a full-width colon", "site:\n  id▶：hgs\n", "config.full-width", ":"),
            ("a full-width colon in braces", "site: {id: hgs, name▶：x}\n", "config.full-width", ":"),
            ("a full-width colon behind a quoted key", "site:\n  \"id\"▶： hgs\n", "config.full-width", ":"),
            ("full-width quotes", "site: {id: ▶“hgs”}\n", "config.full-width", "\""),
            ("a full-width comma", "site: {id: hgs▶，name: x}\n", "config.full-width", ","),
            ("an enumeration comma", "feeds: [a▶、b]\n", "config.full-width", ","),
            ("full-width braces", "site: ▶｛id: hgs｝\n", "config.full-width", "{"),
            ("a no-break space before a key", "site:\n▶\u{A0} id: hgs\n", "config.wide-blank", "blanks"),
            ("ideographic spaces before a key", "site:\n▶　　id: hgs\n", "config.wide-blank", "blanks"),
            ("a no-break space behind a colon", "site:\n  id:▶\u{A0}hgs\n", "config.wide-blank", "blanks"),
            ("a NUL", "site: {id: h▶\u{0}gs}\n", "config.control-character", "damaged"),
            ("an escape character", "site: {id: h▶\u{1B}gs}\n", "config.control-character", "delete"),
            ("a bracket that is not closed", "site: {id: hgs\nstore▶: {path: x}\n", "config.syntax", "brackets"),
        ])
    func `a wrong character is told at its place`(_ name: String, _ text: String, _ code: String, _ remedy: String) {
        let (text, line, column) = marked(text)
        let errors = errors(Array(text.utf8)).filter { $0.code == code }
        #expect(errors.count == 1, "\(name)")
        #expect(place(errors.first) == [line, column], "\(name)")
        #expect(errors.first?.remedy.en.contains(remedy) == true, "\(name)")
    }

    @Test func `people's own texts keep their punctuation`() {
        let text = BrokenSettings.good.replacing("name: 红谷春天", with: "name: 红谷，春天：A座 “北”、“南”")
            .replacing("thrown_object}", with: "thrown_object, title: {zh-Hans: 抛物，请看, en: \"x：y，z\"}} # 注：a，b")
        #expect(parsed(text).diagnostics.map(\.code) == [])
        #expect(parsed(text).settings?.site.name == "红谷，春天：A座 “北”、“南”")
    }

    @Test func `all mistakes are told in one run, in the order of the file`() {
        let text = BrokenSettings.good.replacing("id: hgs", with: "id: hgs, id: b, nmae: x")
            .replacing("kind: no_movement}", with: "kind: no_movement, after: 3 days}")
            .replacing("to: [hook]", with: "to: [hok]").replacing("store:", with: "store: {path: s, path: t}\nstroe:")
        let codes = parsed(text).diagnostics.map(\.code)
        #expect(
            codes == [
                "config.duplicate-key", "config.unknown-key", "config.duplicate-key", "config.unknown-key",
                "config.bad-duration", "route.unknown-target",
            ])
    }

    @Test func `a secret is never in a diagnostic`() {
        let text = BrokenSettings.good
            .replacing("mqtt://127.0.0.1", with: "mqtt://u:hunter2@h:99999")
            .replacing("kind: webhook,", with: "kind: webhook, secret: {file: [hunter2], hunter2: hunter2},")
            .replacing("{broker:", with: "{password: hunter2, broker:")
        let diagnostics = parsed(text).diagnostics
        #expect(diagnostics.filter { $0.code == "config.literal-secret" }.count == 3)
        for diagnostic in diagnostics {
            #expect(!diagnostic.rendered(in: .en).contains("hunter2"))
            #expect(!diagnostic.rendered(in: .zhHans).contains("hunter2"))
        }
    }

    @Test(arguments: [
        "box:hunter2@127.0.0.1", "mqtt://box:hunter2/x@h", "mqtt://h:hunter2@", "ftp://a:hunter2@h", "mqtt://h/hunter2",
        "mqtt://[::1/hunter2",
    ])
    func `an address that is wrong does not show what may be a password`(_ address: String) {
        let diagnostics = parsed(BrokenSettings.good.replacing("mqtt://127.0.0.1", with: address)).diagnostics
        #expect(diagnostics.count == 1)
        #expect(!diagnostics.contains { $0.rendered(in: .en).contains("hunter2") })
    }

    @Test(arguments: [("", "config.empty-file"), ("# only words\n", "config.empty-file"), ("~\n", "config.empty-file")])
    func `an empty file says so`(_ text: String, _ code: String) {
        #expect(errors(Array(text.utf8)).map(\.code) == [code])
    }

    @Test func `a file that is no map says so`() {
        #expect(errors(Array("- a\n- b\n".utf8)).map(\.code) == ["config.wrong-type"])
        #expect(errors(Array("site\n".utf8)).map(\.code) == ["config.wrong-type"])
        #expect(errors(Array("a: b\n---\nc: d\n".utf8)).map(\.code) == ["config.syntax"])
    }

    @Test func `a bomb of aliases is refused before it is lit`() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for i in 1...9 {
            text += "a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        #expect(errors(Array(text.utf8)).map(\.code) == ["config.too-many-aliases"])
        #expect(errors(Array((text + "? *a9\n: x\n").utf8)).map(\.code) == ["config.too-many-aliases"])
    }

    @Test func `an alias stands for its anchor, and one of itself is refused`() {
        let text = BrokenSettings.good.replacing(
            "quiet: {kind: no_movement}", with: "quiet: &q {kind: no_movement}\n  two: *q")
        #expect(parsed(text).settings?.rules.map(\.name) == ["quiet", "two", "throw"])
        #expect(errors(Array("a: &a [*a]\n".utf8)).map(\.code) == ["config.syntax"])
    }

    @Test func `nesting is bounded`() {
        let deep = "a: " + String(repeating: "[", count: 5000)
        #expect(errors(Array(deep.utf8)).contains { $0.code == "config.too-large" })
        _ = errors(Array((String(repeating: "- ", count: 5000) + "x").utf8))
    }

    @Test func `a file that is too long is not parsed`() {
        #expect(errors([UInt8](repeating: 0x23, count: SourceText.bytesMax + 1)).map(\.code) == ["config.too-large"])
    }

    @Test func `a missing file and a folder are told`() {
        let folder = NSTemporaryDirectory()
        #expect(Settings.load(file: folder + "/no-such-file.yaml").diagnostics.map(\.code) == ["config.no-file"])
        #expect(Settings.load(file: folder).diagnostics.map(\.code) == ["config.unreadable"])
    }

    @Test func `a byte order mark and Windows line ends are read`() {
        let text = "\u{FEFF}" + BrokenSettings.good.replacing("\n", with: "\r\n")
        #expect(parsed(text).settings != nil)
        let (broken, line, column) = marked(text.replacing("kind: no_movement}", with: "kind: ▶x}"))
        let error = parsed(broken).diagnostics.first
        // The mark itself is no column, and "\r\n" one line end.
        #expect(place(error) == [line, column])
    }

    @Test func `no damage to the text crashes the reader, and settings are nil exactly with an error`() {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["SHOUWANG_SEED"].flatMap { UInt64($0) } ?? 2022
        let rounds = environment["SHOUWANG_ROUNDS"].flatMap { Int($0) } ?? 400
        print("seed \(seed)")
        var random = SplitMix(state: seed)
        let alphabet = Array("{}[]:,#&*!|>'\"%@`-? \t\n：，“\u{A0}\u{0}a1~<=".unicodeScalars)
        for _ in 0..<rounds {
            var scalars = Array(BrokenSettings.good.unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<scalars.count, using: &random)
                let scalar = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0: scalars.remove(at: at)
                case 1: scalars.insert(scalar, at: at)
                default: scalars[at] = scalar
                }
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            let (settings, diagnostics) = parsed(String(view))
            let errors = diagnostics.filter { $0.severity == .error }
            #expect((settings == nil) == errors.contains { settings?.dropped.contains($0) != true }, "\(String(view))")
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
