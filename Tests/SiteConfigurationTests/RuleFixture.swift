import Diagnostics
import Testing
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

/// A rule alone in an otherwise right configuration.
enum RuleFixture {
    /// - Parameter yaml: what stands behind the rule's name, as `{kind: sos}`.
    static func text(_ yaml: String) -> String {
        """
        site: {id: hgs}
        mqtt: {broker: "mqtt://127.0.0.1"}
        registry: registry/
        feeds: [{topic: "community/+/+/+", format: native}]
        store: {path: state}
        rules:
          r: \(yaml)

        """
    }

    /// The codes of all that was told, and the rule where it passed.
    static func read(_ yaml: String) -> (rule: RuleSettings?, codes: [String]) {
        let (settings, diagnostics) = parsed(text(yaml))
        return (settings?.rules.first, diagnostics.map(\.code))
    }

    static func rule(_ yaml: String) throws -> RuleSettings {
        let (settings, diagnostics) = parsed(text(yaml))
        let told = diagnostics.map { $0.rendered(in: .en) }
        #expect(told == [], "\(yaml)")
        return try #require(settings?.rules.first, "\(yaml)")
    }

    static let kinds = RuleKind.allCases.filter(RuleKind.built.contains)

    /// The shortest that a rule of a kind can be.
    static func shortest(_ kind: RuleKind) -> String {
        switch kind {
        case .gateFlow: "{kind: gate_flow, passes: 300}"
        case .expression: "{kind: expression, match: {kinds: pass}, session: {}}"
        default: "{kind: \(kind.rawValue)}"
        }
    }
}
