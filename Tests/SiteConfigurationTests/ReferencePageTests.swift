import Diagnostics
import Foundation
import Testing

@testable import SiteConfiguration

/// The reference pages are made from the table of settings, so they cannot be wrong about it, unless nobody made them
/// anew.
@Suite struct ReferencePageTests {
    /// With `UPDATE_PAGES=1` the pages are written, and the test fails once, so that nobody updates by accident.
    @Test(arguments: [(Language.en, "configuration.md"), (.zhHans, "configuration.zh-CN.md")])
    func `the reference page is the one that the table makes`(language: Language, name: String) throws {
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let file = root.appendingPathComponent("docs/" + name)
        let page = try String(contentsOf: file, encoding: .utf8)
        // The first two lines say how the page is made.
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        let head = lines.prefix(2).joined(separator: "\n") + "\n"
        let made = head + SettingsReference.markdown(language)
        if made != page, ProcessInfo.processInfo.environment["UPDATE_PAGES"] == "1" {
            try made.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(made == page, "docs/\(name) is out of date: UPDATE_PAGES=1 swift test --filter ReferencePageTests")
    }
}
