import Community
import Diagnostics
import Rules
import SiteConfiguration

/// Areas that gates enclose.
extension CrossCheck {
    /// Rules of passes the same way, whose gates cannot tell both ways: they could not know who is in.
    static func oneWayAreas(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        settings.rules.compactMap { rule in
            guard rule.kind == .antiPassback else { return nil }
            let looksAt = Matcher.devices(rule.match, registry)
            let gates = zip(registry.devices, looksAt).filter(\.1).map(\.0)
            let tellsIn = gates.contains { $0.direction.tells(.in) }
            let tellsOut = gates.contains { $0.direction.tells(.out) }
            if tellsIn, tellsOut { return nil }
            let what =
                gates.isEmpty
                ? Phrase(zh: "其中没有大门", en: "there is no outer gate in it")
                : tellsIn
                    ? Phrase(zh: "其中的大门都只报进", en: "its gates tell the way in alone")
                    : Phrase(zh: "其中的大门都只报出", en: "its gates tell the way out alone")
            return diagnostic(
                .error, "rule.one-way", rule.position,
                Phrase(
                    zh: "规则“\(rule.name)”无法知道谁在区域内:\(what.zh)",
                    en: "rule \"\(rule.name)\" cannot know who is in: \(what.en)"),
                Phrase(
                    zh: "请在 devices.csv 登记两个方向的大门(类型 gate,dir 为 in、out 或 1=in|2=out),或改 places",
                    en: "register gates of both ways in devices.csv (kind gate; dir in, out or 1=in|2=out), or name "
                        + "other places"))
        }
    }
}
