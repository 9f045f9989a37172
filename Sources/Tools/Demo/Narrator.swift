import Console
import Daemon
import Foundation
import MQTTIntake
import Simulation
import SiteConfiguration
import Terminal
import Timekeeping

/// Prints what happens, with the demo's time before it.
struct Narrator: Sendable {
    let clock: DemoClock
    private static let zone = Zone(identifier: "Asia/Shanghai") ?? .utc

    func say(_ text: String) {
        let civil = Narrator.zone.civil(clock.now)
        let day = civil.date.sinceEpoch - Narrator.zone.civil(clock.start).date.sinceEpoch + 1
        StandardError.write("第\(day)天 \(ISO8601.two(civil.hour))：\(ISO8601.two(civil.minute))  \(text)\n", to: 1)
    }
}
