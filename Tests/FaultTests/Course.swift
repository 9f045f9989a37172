import TestSupport

/// What happens in the town, and when: movements of those who live, the last one of those who fall, throws that two
/// cameras see, e-bikes in lifts, and as many passes at the gate as are asked for. Seeded; the clock is an argument.
struct Course {
    struct Message {
        var topic: String
        /// JSON without `ts`, `id` and the braces.
        var body: String
        /// The alert that begins with this message; its start is the time of publication.
        var alert: (kind: String, key: String)?
    }

    private struct Later {
        var at: Int64
        var message: Message
    }

    private let elders: Int
    private var random: SeededRandom
    /// By elder: when the next movement is; nil for those who fell.
    private var moves: [Int64?]
    private var isDoorOpen: [Bool]
    private var later: [Later] = []
    private var nextFall: Int64
    private var nextThrow: Int64
    private var nextBike: Int64
    /// By building and by lift: when the next scene there cannot be taken for the same any more.
    private var throwFree = [Int64](repeating: 0, count: Town.buildings)
    private var bikeFree = [Int64](repeating: 0, count: Town.lifts)
    private var fallen = 0
    /// No scene begins. What has begun goes on.
    var isHolding = false
    /// No scene begins, and none is going on: a broker that is killed now loses nothing that an alert begins with.
    var isQuiet: Bool { isHolding && later.isEmpty }

    init(elders: Int, seed: UInt64, now: Int64) {
        self.elders = elders
        random = SeededRandom(seed: seed)
        moves = Array(repeating: now, count: elders)
        isDoorOpen = Array(repeating: false, count: elders)
        nextFall = now + 8000
        nextThrow = now + 3000
        nextBike = now + 5000
    }

    /// What is due, in the order in which it is to be published.
    mutating func due(at now: Int64) -> [Message] {
        var messages: [Message] = []
        if !isHolding { begin(at: now, &messages) }
        for index in moves.indices where moves[index].map({ $0 <= now }) ?? false { move(index, now, &messages) }
        messages += later.filter { $0.at <= now }.map(\.message)
        later.removeAll { $0.at <= now }
        return messages
    }

    /// A message that changes no alert: most of a community's traffic.
    mutating func filler() -> Message {
        let number = random.int(0...9)
        if number < 7 {
            return Message(
                topic: "community/t/access/gate-1",
                body: "\"type\":\"pass\",\"person\":\"p\(random.int(0...999))\",\"method\":\"face\",\"dir\":\"in\"")
        }
        if number < 9 {
            return Message(
                topic: "community/t/elder/pir-\(random.int(0...elders - 1))",
                body: "\"type\":\"heartbeat\",\"battery\":\(random.int(20...100))")
        }
        return Message(
            topic: "community/t/camera/lift-\(random.int(0...Town.lifts - 1))",
            body: "\"type\":\"person\",\"confidence\":0.5,\"zone\":\"lift\"")
    }

    /// An e-bike in the lift that must not be held for it; two frames confirm it.
    mutating func staleBike() -> [Message] { Course.bike(Town.staleLift, frames: 4) }

    private mutating func move(_ elder: Int, _ now: Int64, _ messages: inout [Message]) {
        moves[elder] = now + Int64(random.int(1500...4000))
        if random.chance(20) {
            isDoorOpen[elder].toggle()
            messages.append(
                Message(
                    topic: "community/t/elder/door-\(elder)",
                    body: "\"type\":\"contact\",\"value\":\(isDoorOpen[elder])"))
        } else {
            messages.append(Message(topic: "community/t/elder/pir-\(elder)", body: "\"type\":\"motion\""))
        }
    }

    private mutating func begin(at now: Int64, _ messages: inout [Message]) {
        if now >= nextFall, fallen < elders * 3 / 4 {
            nextFall = now + Int64(random.int(1500...6000))
            let standing = moves.indices.filter { moves[$0] != nil }
            let elder = random.pick(standing)
            moves[elder] = nil
            fallen += 1
            messages.append(
                Message(
                    topic: "community/t/elder/pir-\(elder)", body: "\"type\":\"motion\"",
                    alert: ("no_movement", "d\(elder)")))
        }
        if now >= nextThrow, let building = pick(throwFree, now) {
            nextThrow = now + Int64(random.int(5000...12_000))
            throwFree[building] = now + 51_000
            let body = "\"type\":\"thrown_object\",\"confidence\":0.8,\"floor\":\(random.int(3...20))"
            let topic = "community/t/camera/facade-\(building + 1)-"
            messages.append(Message(topic: topic + "1", body: body, alert: ("thrown_object", "b\(building + 1)")))
            later.append(Later(at: now + 1000, message: Message(topic: topic + "2", body: body)))
        }
        if now >= nextBike, let lift = pick(bikeFree, now) {
            nextBike = now + Int64(random.int(8000...20_000))
            bikeFree[lift] = now + 80_000
            let frames = Course.bike("lift-\(lift)", frames: 5)
            messages.append(frames[0])
            // Five, so that two lie together in the journal wherever a fault falls between them.
            for (index, frame) in frames.dropFirst().enumerated() {
                later.append(Later(at: now + 400 * Int64(index + 1), message: frame))
            }
        }
    }

    private mutating func pick(_ free: [Int64], _ now: Int64) -> Int? {
        let places = free.indices.filter { free[$0] <= now }
        return places.isEmpty ? nil : random.pick(places)
    }

    private static func bike(_ lift: String, frames: Int) -> [Message] {
        (0..<frames).map { frame in
            Message(
                topic: "community/t/camera/\(lift)",
                body: "\"type\":\"ebike\",\"confidence\":0.9,\"zone\":\"lift\",\"track\":\(frame)",
                alert: frame == 0 ? ("ebike_in_building", lift) : nil)
        }
    }
}
