import Community
import Diagnostics
import Timekeeping

/// A registry that was refused, as the store remembers it until it is settled: `configs/refused`, one line of its hash
/// and the milliseconds of the refusal, and `taken` where a person took it and it is not yet in force.
///
/// States: *refused* at a time; *taken*, from which a crash goes on; gone, as soon as what lies in the folder passes.
struct RegistryRefusal: Equatable, Sendable {
    /// ``SiteSource/registryHash`` of what was refused.
    var hash: String
    var at: Instant
    var isTaken = false

    /// Between these two ages a reload of the same sheets takes them.
    static let signalAfter = Milliseconds.minutes(1)
    static let signalUntil = Milliseconds.minutes(30)

    /// What a person names to take it.
    var digits: String { RegistryRefusal.digits(of: hash) }

    static func digits(of hash: String) -> String { hash.prefix(6).uppercased() }

    /// Whether somebody's digits mean a registry: at least six of them.
    static func isMeant(_ hash: String, by digits: String) -> Bool {
        digits.utf8.count >= 6 && hash.hasPrefix(digits.lowercased())
    }

    /// How old it is; nil where the clock was set back behind it.
    func age(at now: Instant) -> Milliseconds? { now >= at ? now - at : nil }

    var bytes: [UInt8] { Array("\(hash) \(at.milliseconds)\(isTaken ? " taken" : "")\n".utf8) }

    init(hash: String, at: Instant, isTaken: Bool = false) {
        self.hash = hash
        self.at = at
        self.isTaken = isTaken
    }

    init?(bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard parts.count >= 2, parts[0].count == 16, let at = Int64(parts[1]) else { return nil }
        self.init(
            hash: String(parts[0]), at: Instant(milliseconds: at), isTaken: parts.count > 2 && parts[2] == "taken")
    }
}
