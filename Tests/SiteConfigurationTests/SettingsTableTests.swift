import Diagnostics
import Testing
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

@Suite struct TopicFilterTests {
    @Test(arguments: [
        ("a/b", "a/b", true), ("a/+", "a/b", true), ("a/#", "a", true), ("a/#", "a/b/c", true), ("+/b", "a/+", true),
        ("a/b", "a/c", false), ("a/b", "a/b/c", false), ("a/+", "a", false), ("+", "$SYS", false),
        ("#", "$SYS/a", false), ("a/+/c", "a/b/#", true), ("#", "#", true),
    ])
    func `two filters overlap where a topic fits both`(_ a: String, _ b: String, _ expected: Bool) {
        #expect(TopicFilter.overlap(a, b) == expected)
        #expect(TopicFilter.overlap(b, a) == expected)
    }
}

@Suite struct SettingsTableTests {
    @Test func `each key stands in the table once, of kinds that mean their own by it once a kind, and its parent too`()
    {
        let paths = SettingsTable.all.map(\.path)
        let uses = SettingsTable.all.flatMap { key in (key.kinds ?? ["any"]).map { "\(key.path) \($0)" } }
        #expect(Set(uses).count == uses.count)
        for key in SettingsTable.all where key.kinds == nil {
            #expect(paths.count { $0 == key.path } == 1, "\(key.path)")
        }
        for key in SettingsTable.all where !["", "mapping"].contains(key.parent) {
            var parent = key.parent
            if parent.hasSuffix("[]") { parent.removeLast(2) }
            if parent.hasSuffix(".*") { parent.removeLast(2) }
            #expect(paths.contains(parent), "\(key.path)")
        }
    }

    @Test func `the reference tells each key in both languages`() {
        for language in Language.allCases {
            let page = SettingsReference.markdown(language)
            for key in SettingsTable.all {
                let path = key.path.hasPrefix("mapping.") ? String(key.path.dropFirst(8)) : key.path
                #expect(page.contains("| `\(path)` |"), "\(key.path)")
                #expect(!key.help.text(in: language).isEmpty, "\(key.path)")
            }
        }
        #expect(SettingsReference.markdown(.en).contains("| `mqtt.qos` | integer 0–2 | `1` |"))
        #expect(SettingsReference.markdown(.zhHans).contains("| `site.id` | 名称 | 必填 |"))
    }
}
