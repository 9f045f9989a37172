package import Timekeeping

/// What happens in the demo's community: a list of messages, each at its time, the same for the same seed.
package struct DemoScript: Sendable {
    package struct Message: Sendable {
        package var at: Instant
        package var topic: String
        /// JSON without `ts`, `id` and the braces.
        package var body: String
        /// What the narrator says when it is sent.
        package var said: String?
    }

    package let messages: [Message]
    /// Hours after the start at which things happen; the narrator and the driver of the demo look at them.
    package static let throwAt = 9.0
    package static let birdAt = 12.0
    package static let ebikeAt = 15.0
    package static let killAt = 40.0
    /// She moves no more, and her sensors go on.
    package static let auntLuoStopsAt = 2.2
    package static let auntLuoMovesAt = 82.0
    /// Next door the sensors die, and she goes on; until somebody who visits her changes the battery.
    package static let batteryDiesAt = 2.4
    package static let batteryChangedAt = 41.5

    /// - Parameters:
    ///   - start: 06:00 local time of the first day.
    ///   - hours: how long the script lasts.
    package init(start: Instant, hours: Double, seed: UInt64) {
        var random = SplitMix(seed: seed)
        var made: [Message] = []
        func at(_ hour: Double) -> Instant { start + Milliseconds(Int64(hour * 3_600_000)) }
        func add(_ hour: Double, _ family: String, _ device: String, _ body: String, _ said: String? = nil) {
            guard hour <= hours else { return }
            made.append(
                Message(at: at(hour), topic: "community/demo/\(family)/\(device)", body: body, said: said))
        }
        for elder in 0..<DemoCommunity.elders {
            let isAuntLuo = elder == DemoCommunity.auntLuo
            let isNextDoor = elder == DemoCommunity.nextDoor
            func isDead(_ hour: Double) -> Bool {
                isNextDoor && hour > DemoScript.batteryDiesAt && hour < DemoScript.batteryChangedAt
            }
            DemoScript.life(of: elder, hours: hours, random: &random) { hour, family, device, body in
                if isAuntLuo, hour > DemoScript.auntLuoStopsAt, hour < DemoScript.auntLuoMovesAt { return }
                // Next door nobody goes out by a gate meanwhile, either: a face there would be a sign of life.
                if !isDead(hour) { add(hour, family, device, body) }
            }
            DemoScript.beats(of: elder, hours: hours, random: &random) { hour, device, body in
                if !isDead(hour) { add(hour, "elder", device, body) }
            }
        }
        for (elder, stops) in [
            (DemoCommunity.auntLuo, DemoScript.auntLuoStopsAt), (DemoCommunity.nextDoor, DemoScript.batteryDiesAt),
        ] {
            for burst in 0..<4 {
                add(stops - 0.1 + Double(burst) * 0.03, "elder", "pir-\(elder)", "\"type\":\"motion\"")
            }
        }
        let thrown = "\"type\":\"thrown_object\",\"confidence\":0.91,\"floor\":17"
        add(
            DemoScript.throwAt, "camera", "cam-facade-1", thrown,
            "一物从 1栋东侧 高处落下，两个摄像头都拍到 · something falls at building 1, two cameras see it")
        add(DemoScript.throwAt, "camera", "cam-facade-2", thrown)
        add(
            DemoScript.birdAt, "camera", "cam-facade-3", "\"type\":\"thrown_object\",\"confidence\":0.31",
            "一只鸟飞过（可信度 0.31）· a bird flies past (confidence 0.31)")
        let ebike = "\"type\":\"ebike\",\"confidence\":0.88,\"zone\":\"lift\",\"track\":7"
        add(
            DemoScript.ebikeAt, "camera", "cam-lift-5", ebike,
            "一辆电动车被推进 2栋 电梯 · an e-bike is pushed into a lift of building 2")
        add(DemoScript.ebikeAt + 0.0005, "camera", "cam-lift-5", ebike)
        for burst in 0..<4 {
            add(
                DemoScript.auntLuoMovesAt + Double(burst) * 0.03, "elder", "pir-0", "\"type\":\"motion\"",
                burst == 0 ? "罗阿姨家又有了活动 · movement at Aunt Luo's again" : nil)
        }
        messages = made.sorted { ($0.at, $0.topic) < ($1.at, $1.topic) }
    }

    /// One elder's days: movement from seven to ten, the door twice a day, a gate.
    private static func life(
        of elder: Int, hours: Double, random: inout SplitMix, add: (Double, String, String, String) -> Void
    ) {
        var hour = random.unit()
        while hour < hours {
            let clock = (hour + 6).truncatingRemainder(dividingBy: 24)
            if clock > 6.5, clock < 22 {
                // Somebody who crosses a room trips the sensor several times.
                for step in 0..<3 {
                    add(hour + Double(step) * 0.01, "elder", "pir-\(elder)", "\"type\":\"motion\",\"value\":1")
                }
                if random.unit() < 0.12 {
                    add(hour + 0.05, "elder", "door-\(elder)", "\"type\":\"contact\",\"value\":\"open\"")
                    add(hour + 0.06, "elder", "door-\(elder)", "\"type\":\"contact\",\"value\":\"closed\"")
                    let way = random.unit() < 0.5 ? "out" : "in"
                    add(
                        hour + 0.1, "access", "gate-\(Int(random.unit() * 4) + 1)",
                        "\"type\":\"pass\",\"person\":\"e\(elder)\",\"method\":\"face\",\"dir\":\"\(way)\"")
                }
            }
            hour += 0.7 + random.unit() * 1.2
        }
    }

    /// What her sensors report by themselves every two hours.
    private static func beats(
        of elder: Int, hours: Double, random: inout SplitMix, add: (Double, String, String) -> Void
    ) {
        var beat = random.unit() * 2
        while beat < hours {
            for device in ["pir-\(elder)", "door-\(elder)"] {
                add(beat, device, "\"type\":\"heartbeat\",\"battery\":\(60 + elder % 40)")
            }
            beat += 2
        }
    }
}
