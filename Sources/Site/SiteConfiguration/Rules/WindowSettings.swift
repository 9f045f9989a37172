import Diagnostics
package import Timekeeping
import Vocabulary

/// How observations make an episode: a primitive of `Windowing` with its numbers.
package enum WindowSettings: Equatable, Sendable {
    /// Nobody watched gave a sign of life: `stages`, `evidence`.
    case absence
    /// Events up to `merge` apart, confirmed.
    case session
    /// At least so many events within a time; events up to `once` apart count as one.
    case count(atLeast: Int, within: Milliseconds, once: Milliseconds)
    /// At least so many different values of a field within a time.
    case distinct(of: ValueField, atLeast: Int, within: Milliseconds)
    /// A state that lasts: from what matches until what `ends` matches, or until nothing came for `gap` (zero: it ends
    /// by `ends` alone). Each of `stages` is reached so long after its beginning.
    case lasting(ends: MatchSettings?, gap: Milliseconds)
    /// What matches, and `then` within a time; or, `isMissing`, what matches and nothing of `then` until `within` after
    /// it, nor from `before` before it.
    case sequence(then: MatchSettings, within: Milliseconds, isMissing: Bool, before: Milliseconds)
    /// A number beyond a limit for so long, until it is back at `back`.
    case threshold(of: NumberField, isAbove: Bool, limit: Double, back: Double, lasting: Milliseconds)
    /// More people seen at a door than passed it.
    case excess(atLeast: Int, within: Milliseconds)
    /// People in and out: so many passes within a time, or so many people inside; nil: no limit. Over when below the
    /// share `back` of them for one `within`.
    case flow(passes: Int?, within: Milliseconds, inside: Int?, back: Double)
    /// Who goes in while in, or out while out: what was so long ago is no longer known, and what is told again by the
    /// same device within `again` is the same pass.
    case passback(forget: Milliseconds, again: Milliseconds)
    /// The state of devices themselves.
    case device(DeviceSettings)

    /// What may be counted by its different values.
    package enum ValueField: String, Sendable, CaseIterable {
        case person, device, plate, track, visit
    }

    /// What may be compared with a limit.
    package enum NumberField: String, Sendable, CaseIterable {
        case value, temperature = "temp_c", battery, count, confidence, floor
    }
}

extension WindowSettings {
    var stateDescription: String {
        switch self {
        case .absence: "absence"
        case .session: "session"
        case .count(let least, let within, let once): "count \(least) \(within.count) \(once.count)"
        case .distinct(let field, let least, let within): "distinct \(field.rawValue) \(least) \(within.count)"
        case .lasting(let ends, let gap): "lasting \(gap.count) \(ends?.stateDescription ?? "")"
        case .sequence(let then, let within, let isMissing, let before):
            "\(isMissing ? "missing" : "sequence") \(within.count) \(before.count) \(then.stateDescription)"
        case .threshold(let field, let isAbove, let limit, let back, let lasting):
            "threshold \(field.rawValue) \(isAbove ? "above" : "below") \(limit) \(back) \(lasting.count)"
        case .excess(let least, let within): "excess \(least) \(within.count)"
        case .flow(let passes, let within, let inside, let back):
            // Without the default: a state of before there was the key goes on.
            "flow \(passes.map(String.init) ?? "-") \(within.count) \(inside.map(String.init) ?? "-")"
                + (back == 0.8 ? "" : " \(back)")
        case .passback(let forget, let again): "passback \(forget.count) \(again.count)"
        case .device(let d):
            "device \(d.heartbeats) \(d.settle.count) \(d.share) \(d.least) \(d.unquiet.count) "
                + "\(d.records) \(d.per.count)"
        }
    }
}
