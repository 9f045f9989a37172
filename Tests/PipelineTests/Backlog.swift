import SiteConfiguration
import TestSupport
import Vocabulary

/// A home whose hub was off for two weeks and then hands in all that its devices told meanwhile, within 17 minutes.
struct Backlog {
    static let records = 71_617
    static let home = "3栋/2单元/502"
    /// The hub's last live word is before this; milliseconds after ``Scene/origin``.
    static let off = 3 * Scene.day + 20 * Scene.hour
    static let on = off + 14 * Scene.day
    static let length = 17 * Scene.minute
    static let end = on + length
    static let after = end + 30 * Scene.hour

    /// What a device told at its own time, and whether that shows life.
    struct Word {
        enum Sign { case none, counted, change, sure }

        var at: Int64
        var device: Int
        var type: String
        var value: Int
        var sign: Sign
    }

    /// How the hub empties its memory: each device's words in their order, and the devices evenly, …
    enum Order: CaseIterable {
        case even
        /// … or half of the devices before the others.
        case twoWaves
    }

    /// By number of the device: seven sensors of movement, eight contacts, three meters, a bed.
    static let kinds =
        [String](repeating: "pir", count: 7) + [String](repeating: "contact", count: 8)
        + [String](repeating: "meter", count: 3) + ["bed"]

    static func name(_ device: Int) -> String { kinds[device] + "-\(device)" }

    static var devices: String {
        var text = "id,place,kind,heartbeat,via\np9,gates,pir,,\nnext,3栋/2单元/501,pir,1h,hub-501\n"
        for (device, kind) in kinds.enumerated() {
            text += "\(name(device)),\(home),\(kind),\(kind == "pir" ? "1h" : ""),hub-502\n"
        }
        return text
    }

    /// Every kind of the catalogue with its defaults.
    static func scene(without left: Set<RuleKind> = [.expression]) -> Scene {
        let kinds = RuleKind.allCases.filter { RuleKind.built.contains($0) && !left.contains($0) }
        let rules = kinds.map { "\($0.rawValue): {kind: \($0.rawValue)\($0 == .gateFlow ? ", passes: 100000" : "")}" }
        return Scene(rules: rules, residents: Scene.luo + "e2,3栋/2单元/501,王秀英,独居,c2,,,,\n", devices: devices)
    }

    /// In the order of arrival.
    private(set) var lines: [Line] = []
    /// By line: what it tells of the home that was off, if anything.
    private(set) var words: [Word?] = []
    /// The lines of the backlog.
    private(set) var handedIn = 0..<0

    /// - Parameter lies: from when on nobody moves any more, though every device goes on.
    init(_ order: Order, lies: Int64 = .max, _ random: inout SeededRandom) {
        var told = Backlog.life(0..<Backlog.off, lies, count: nil, &random).map { ($0.at + 200, $0) }
        let kept = Backlog.life(Backlog.off..<Backlog.end, lies, count: Backlog.records, &random)
        for (place, word) in Backlog.queued(kept, order, &random).enumerated() {
            // A word cannot arrive before it was said.
            let at = Backlog.on + Int64(place) * Backlog.length / Int64(Backlog.records)
            told.append((max(at, word.at), word))
        }
        told += Backlog.life(Backlog.end..<Backlog.after, lies, count: nil, &random).map { ($0.at + 200, $0) }
        var all = told.map { (at: $0.0, line: Backlog.line($0.0, $0.1), word: Optional($0.1)) }
        for line in Backlog.neighbour(&random) { all.append((line.at, line, nil)) }
        let sorted = all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        lines = sorted.map(\.line)
        words = sorted.map(\.word)
        let first = sorted.firstIndex { $0.at >= Backlog.on } ?? 0
        handedIn = first..<(sorted.firstIndex { $0.at >= Backlog.end + 200 } ?? sorted.count)
    }

    private static func line(_ at: Int64, _ word: Word) -> Line {
        let fields = ",\"value\":\(word.value),\"ts\":\(Scene.origin + word.at)"
        return .native(at, "elder/" + name(word.device), word.type, fields)
    }

    /// The next home, whose hub is another, all the while.
    private static func neighbour(_ random: inout SeededRandom) -> [Line] {
        stride(from: 0, to: after, by: 20 * 60_000).flatMap { at in
            let clock = at % Scene.day / Scene.hour
            let type = clock >= 7 && clock < 22 ? "motion" : "heartbeat"
            return (0..<3).map { Line.native(at + $0 * 30_000 + Int64(random.int(0...9000)), "elder/next", type) }
        }
    }

    // MARK: A home's life

    /// - Parameter count: so many words; nil: as many as a quiet home has.
    private static func life(
        _ range: Range<Int64>, _ lies: Int64, count: Int?, _ random: inout SeededRandom
    ) -> [Word] {
        var words: [Word] = []
        for (device, kind) in kinds.enumerated() where kind == "pir" || kind == "meter" {
            var at = range.lowerBound + Int64(random.int(1...240)) * Scene.second
            while at < range.upperBound {
                if kind == "pir" {
                    words.append(Word(at: at, device: device, type: "heartbeat", value: 80, sign: .none))
                } else {
                    let clock = at % Scene.day / Scene.hour
                    let isUsed = clock >= 19 && clock < 21 && at < lies
                    words.append(
                        Word(
                            at: at, device: device, type: "power", value: isUsed ? 60 + random.int(0...20) : 0,
                            sign: isUsed ? .sure : .none))
                }
                at += (kind == "pir" ? Scene.hour : 5 * Scene.minute) + Int64(random.int(-20_000...20_000))
            }
        }
        let days = Double(range.upperBound - range.lowerBound) / Double(Scene.day)
        let wanted = count ?? words.count + Int(600 * days)
        let awake = range.lowerBound..<max(range.lowerBound, min(range.upperBound, lies))
        var done: [Word] = []
        while words.count + done.count < wanted, !awake.isEmpty {
            done += doing(awake, &random)
        }
        words += done.prefix(wanted - words.count)
        return words.sorted { ($0.at, $0.device, $0.value) < ($1.at, $1.device, $1.value) }
    }

    /// Somebody does something, between seven and ten in the evening.
    private static func doing(_ range: Range<Int64>, _ random: inout SeededRandom) -> [Word] {
        let at = Int64(random.int(Int(range.lowerBound)...Int(range.upperBound - 1)))
        let device = random.pick([Int](0...14) + [18])
        guard at % Scene.day >= 7 * Scene.hour, at % Scene.day < 22 * Scene.hour else { return [] }
        var words: [Word] = []
        if kinds[device] == "pir" {
            for step in 0..<4 {
                let later = Int64(step * 15_000 + random.int(0...5000))
                let sign = Word.Sign.counted
                words.append(Word(at: at + later, device: device, type: "motion", value: 1, sign: sign))
            }
            words.append(Word(at: at + 70_000, device: device, type: "motion", value: 0, sign: .none))
        } else {
            // Opened and closed, three times.
            for step in 0..<6 {
                let later = Int64(step * 20_000 + random.int(0...9000))
                words.append(
                    Word(at: at + later, device: device, type: kinds[device], value: 1 - step % 2, sign: .change))
            }
        }
        return words.filter { range.contains($0.at) }
    }

    // MARK: The hub's memory

    private static func queued(_ words: [Word], _ order: Order, _ random: inout SeededRandom) -> [Word] {
        let queues = kinds.indices.map { device in words.filter { $0.device == device } }
        switch order {
        case .even: return drained(queues, &random)
        case .twoWaves:
            // Each wave has devices of every kind.
            let waves = [0, 1].map { wave in queues.indices.filter { $0 % 2 == wave }.map { queues[$0] } }
            return waves.flatMap { drained($0, &random) }
        }
    }

    /// Each time a device at random, one with more left more often: the devices come hours apart.
    private static func drained(_ queues: [[Word]], _ random: inout SeededRandom) -> [Word] {
        var next = [Int](repeating: 0, count: queues.count)
        var out: [Word] = []
        for left in (1...queues.reduce(0) { $0 + $1.count }).reversed() {
            var chosen = random.int(0...left - 1)
            for place in queues.indices {
                let rest = queues[place].count - next[place]
                guard chosen >= rest else {
                    out.append(queues[place][next[place]])
                    next[place] += 1
                    break
                }
                chosen -= rest
            }
        }
        return out
    }
}
