import FileIO
import Diagnostics
import Testing

@testable import ConfigReading
@testable import SiteConfiguration

/// A configuration that is right but for one place, which `▶` marks.
struct BrokenSettings: CustomTestStringConvertible, Sendable {
    static let good = """
        site: {id: hgs, name: 红谷春天}
        mqtt: {broker: "mqtt://127.0.0.1"}
        registry: registry/
        feeds: [{topic: "community/+/+/+", format: native}]
        store: {path: state}
        rules:
          quiet: {kind: no_movement}
          throw: {kind: thrown_object}
        channels:
          hook: {kind: webhook, url: "https://example.org/a"}
        routes:
          - {match: {kind: [no_movement]}, to: [hook]}

        """

    var name: String
    var text: String
    var code: String
    /// A part of the English remedy.
    var remedy: String

    init(_ name: String, _ old: String, _ new: String, _ code: String, _ remedy: String = "") {
        self.name = name
        text = BrokenSettings.good.replacing(old, with: new)
        precondition(text != BrokenSettings.good, "\(name): nothing was replaced")
        self.code = code
        self.remedy = remedy
    }

    var testDescription: String { name }
}

/// Takes the mark out of a text and tells where it stood.
func marked(_ text: String) -> (text: String, line: Int, column: Int) {
    var line = 1
    var column = 1
    for scalar in text.unicodeScalars {
        if scalar == "▶" { break }
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }
    return (text.replacing("▶", with: ""), line, column)
}

func parsed(
    _ text: String, files: [String: String] = [:]
) -> (settings: Settings?, diagnostics: [Diagnostic]) {
    Settings.parse(Array(text.utf8), file: "shouwang.yaml", baseDirectory: "/etc/shouwang") {
        (path) throws(FileError) in
        guard let text = files[path] else { throw FileError(reason: "no such file", isMissing: true) }
        return Array(text.utf8)
    }
}

@Suite struct BrokenSettingsTests {
    @Test func `the configuration that the cases break is right`() {
        let (settings, diagnostics) = parsed(BrokenSettings.good)
        #expect(settings != nil)
        #expect(diagnostics.isEmpty)
    }

    @Test(arguments: structure + values + rules + delivery + feeds)
    func `one mistake is one error, at its place, with a remedy`(_ broken: BrokenSettings) {
        let (text, line, column) = marked(broken.text)
        let (settings, diagnostics) = parsed(text)
        // Unless it costs its key alone (`what an older version took costs itself`).
        #expect(settings == nil || settings?.dropped.map(\.code) == [broken.code])
        let errors = diagnostics.filter { $0.severity == .error }
        let told = errors.map { "\($0.rendered(in: .en)) [\($0.code)]" }
        #expect(errors.map(\.code) == [broken.code], "\(told)")
        #expect(errors.first?.line == line, "\(told)")
        #expect(errors.first?.column == column, "\(told)")
        #expect(errors.first?.remedy.en.contains(broken.remedy) == true, "\(told)")
        #expect(errors.allSatisfy { !$0.what.zh.isEmpty && !$0.remedy.zh.isEmpty })
    }
}

extension BrokenSettings {
    /// Marks the first place of a text that the replacement left.
    func marked(before part: String) -> BrokenSettings {
        var copy = self
        guard let range = text.firstRange(of: part) else { preconditionFailure("\(name): no \(part)") }
        copy.text.insert("▶", at: range.lowerBound)
        return copy
    }

    var markedAtStart: BrokenSettings {
        var copy = self
        copy.text = "▶" + text
        return copy
    }
}
