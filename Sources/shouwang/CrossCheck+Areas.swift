import Community
import Diagnostics
import SiteConfiguration

/// Areas that gates enclose.
extension CrossCheck {
    /// Rules of passes the same way, whose gates cannot tell both ways: they could not know who is in.
    static func oneWayAreas(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        settings.rules.compactMap { rule in
            guard rule.kind == .antiPassback else { return nil }
            let gates = registry.devices.filter { device in
                let match = rule.match
                return (match.deviceKinds.isEmpty || match.deviceKinds.contains(device.kind))
                    && (match.devices.isEmpty || match.devices.contains(device.id))
                    && (match.places.isEmpty || isInside(device.place, match.places, registry))
            }
            let tellsIn = gates.contains { tells(.in, $0.direction) }
            let tellsOut = gates.contains { tells(.out, $0.direction) }
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

    private static func tells(_ way: PassDirection, _ rule: DirectionRule) -> Bool {
        switch rule {
        case .payload: true
        case .fixed(let only): only == way
        case .table(let entries): entries.contains { $0.direction == way }
        }
    }

    private static func isInside(_ place: PlaceID?, _ names: [String], _ registry: Registry) -> Bool {
        var current = place
        while let id = current {
            let row = registry.places[Int(id.index)]
            if names.contains(row.id) { return true }
            current = row.parent
        }
        return false
    }
}
