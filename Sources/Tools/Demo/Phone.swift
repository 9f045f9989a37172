import Console
import Foundation
import MQTTIntake
import Simulation
import SiteConfiguration
import Synchronization

/// The worker's phone: shows each alert change, and knows which alert is about a home.
final class Phone: Sendable {
    private struct Change: Decodable {
        var change: String
        var id: String
        var key: String
        var message: [String: String]
    }

    private let narrator: Narrator
    private let alerts = Mutex<[String: String]>([:])

    init(_ narrator: Narrator) { self.narrator = narrator }

    func took(_ body: [UInt8]) {
        do {
            let change = try JSONDecoder().decode(Change.self, from: Data(body))
            alerts.withLock { $0[change.key] = change.id }
            narrator.say("  → 手机 phone [\(change.change)] \(change.message["zh-Hans"] ?? "")")
            narrator.say("                          \(change.message["en"] ?? "")")
        } catch {
            narrator.say("  → a request that is no alert change: \(error)")
        }
    }

    /// The id of the last alert that was told of a home.
    func alert(of home: String) -> String? { alerts.withLock { $0[home] } }
}
