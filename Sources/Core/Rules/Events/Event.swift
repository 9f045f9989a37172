import Community
package import Feeds
import SiteConfiguration
package import Timekeeping

/// An observation as rules see it: with what the pipeline knows of its device, person and home. Plain numbers.
package struct Event: Sendable {
    package var observation: Observation
    /// By number among all devices, those that the registry does not know included; −1 none.
    package var device: Int32
    /// The registry's resident; −1 none or unknown.
    package var resident: Int32
    /// Who it is about: a resident's number, or their count plus a stranger's among the words; −1 nobody.
    package var person: Int32
    /// Numbers among the words: the plate, the code of the visit, the reason or category, the text, who reported; −1
    /// none.
    package var plate: Int32
    package var visit: Int32
    package var word: Int32
    package var text: Int32
    package var by: Int32
    /// How the path fits a fall; nil where none was told.
    package var fit: FallFit?
    /// The home in which the device is, and the home of the person; −1 none.
    package var householdOfDevice: Int32
    package var householdOfPerson: Int32
    package var topic: Int32
    /// The engine clock.
    package var now: Instant
    /// A state that was told differs from the one known before.
    package var isChange: Bool
    /// It is not news: handed over late by the device, or by the broker's backlog. Then its own time counts.
    package var isHistory: Bool
    /// The broker is handing over its backlog.
    package var isSettling: Bool
    /// The device has told right times lately: what it calls old is old.
    package var isClockTrusted: Bool

    // What ``RuleContext/heard(_:)`` finds.
    /// A word in time of a device that is alive, by a clock that is right.
    package internal(set) var isRoutine: Bool
    /// It shows somebody's life (docs/rules.md, "A sign of life"), …
    package internal(set) var showsLife: Bool
    /// … and its device is believed.
    package internal(set) var isBelieved: Bool

    package init(observation: Observation, now: Instant) {
        self.observation = observation
        self.now = now
        device = -1
        resident = -1
        person = -1
        plate = -1
        visit = -1
        word = -1
        text = -1
        by = -1
        householdOfDevice = -1
        householdOfPerson = -1
        topic = -1
        isChange = false
        isHistory = false
        isSettling = false
        isClockTrusted = false
        isRoutine = false
        showsLife = false
        isBelieved = false
    }

    /// The time in which windows under a minute are counted (docs/rules.md, "Time"): device clocks differ by
    /// seconds.
    package func windowTime(for length: Milliseconds) -> Instant {
        length < Milliseconds.minutes(1) && !isHistory ? observation.arrival : observation.time
    }
}
