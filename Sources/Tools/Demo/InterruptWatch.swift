import Dispatch
import Foundation
import MQTTIntake
import Simulation
import SiteConfiguration
import Synchronization

/// Notices Ctrl-C, so that the demo can tidy up.
final class InterruptWatch {
    private final class Flag: Sendable { let isSet = Atomic(false) }

    private let flag = Flag()
    private let sources: [any DispatchSourceSignal]

    init() {
        signal(SIGINT, SIG_IGN)
        signal(SIGTERM, SIG_IGN)
        sources = [SIGINT, SIGTERM].map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
        for source in sources {
            source.setEventHandler { [flag] in flag.isSet.store(true, ordering: .relaxed) }
            source.resume()
        }
    }

    var isInterrupted: Bool { flag.isSet.load(ordering: .relaxed) }
}
