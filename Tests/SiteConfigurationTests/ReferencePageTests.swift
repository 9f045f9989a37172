import Cases
import Diagnostics
import Foundation
import Testing

@testable import ConfigReading
@testable import SiteConfiguration

/// The reference pages are made from the tables of settings and rules, so they cannot be wrong about them, unless
/// nobody made them again.
@Suite struct ReferencePageTests {
    /// With `UPDATE_PAGES=1` the pages are written, and the test fails once, so that nobody updates by accident.
    @Test(arguments: [(Language.en, "configuration.md"), (.zhHans, "configuration.zh-CN.md")])
    func `the reference page is the one that the table makes`(language: Language, name: String) throws {
        // The first two lines say how the page is made.
        let lines = try text(name).split(separator: "\n", omittingEmptySubsequences: false)
        try compare(lines.prefix(2).joined(separator: "\n") + "\n" + SettingsReference.markdown(language), with: name)
    }

    @Test(arguments: [(Language.en, "rules.md"), (.zhHans, "rules.zh-CN.md")])
    func `the page about rules is the one that the catalogue makes`(language: Language, name: String) throws {
        try compare(RuleReference.markdown(language), with: name)
    }

    @Test(arguments: [(Language.en, "cases.md"), (.zhHans, "cases.zh-CN.md")])
    func `the page about cases is the one that their tables make`(language: Language, name: String) throws {
        try compare(CaseReference.markdown(language), with: name)
    }

    @Test func `a page is wrapped where a reader does not see it`() {
        let long = String(repeating: "word ", count: 30)
        let page = "# " + long + "\n| " + long + "|\n" + long + "\n> " + long + "`a " + long + "b`\n"
        let lines = PageWrap.wrapped(page).split(separator: "\n").map(\.count)
        #expect(lines == [152, 153, 109, 39, 106, 46, 157])
        let chinese = String(repeating: "设备失联，", count: 14)
        #expect(PageWrap.wrapped(chinese) == String(chinese.prefix(55)) + "\n" + chinese.dropFirst(55))
    }

    private func file(_ name: String) -> URL {
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return root.appendingPathComponent("docs/" + name)
    }

    private func text(_ name: String) throws -> String {
        FileManager.default.fileExists(atPath: file(name).path)
            ? try String(contentsOf: file(name), encoding: .utf8) : ""
    }

    private func compare(_ page: String, with name: String) throws {
        let made = PageWrap.wrapped(page)
        let page = try text(name)
        if made != page, ProcessInfo.processInfo.environment["UPDATE_PAGES"] == "1" {
            try made.write(to: file(name), atomically: true, encoding: .utf8)
        }
        #expect(made == page, "docs/\(name) is out of date: UPDATE_PAGES=1 swift test --filter ReferencePageTests")
    }
}
