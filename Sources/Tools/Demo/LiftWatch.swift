import Console
import Foundation
import MQTTIntake
import Simulation
import SiteConfiguration
import Timekeeping

/// Watches what the daemon does to the lift.
final class LiftWatch: Sendable {
    private let session: IntakeSession
    private let thread: SessionThread

    init(port: UInt16, narrator: Narrator) {
        var options = IntakeSession.Options(
            broker: BrokerOptions(host: "127.0.0.1", port: port), clientID: "demo-lift", filters: ["lift/#"])
        options.isTransient = true
        let session = IntakeSession(options)
        self.session = session
        thread = SessionThread(name: "demo.lift") {
            session.run(handler: LiftHandler(narrator), random: SystemRandomNumberGenerator())
        }
    }

    func stop() {
        session.stop()
        thread.join()
    }
}

private final class LiftHandler: IntakeHandler {
    private let narrator: Narrator

    init(_ narrator: Narrator) { self.narrator = narrator }

    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) -> Bool {
        let text = unsafe String(decoding: payload, as: UTF8.self)
        let held = text.contains("true")
        let topic = unsafe String(decoding: topic, as: UTF8.self)
        narrator.say("  → \(held ? "电梯暂停 lift held" : "电梯恢复 lift released")(\(topic) \(text))")
        return true
    }

    func commit() -> Bool { true }
    func connected(sessionPresent: Bool) {}
    func disconnected(reason: String) {}
    func millisecondsUntilDeadline() -> Int { 1000 }
    func deadlinePassed() {}
    func canStore() -> Bool { true }
}
