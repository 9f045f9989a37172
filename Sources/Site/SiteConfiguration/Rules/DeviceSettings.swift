package import Timekeeping
import Vocabulary

/// Of the rules about devices: lengths and counts. What a kind does not use has its default.
package struct DeviceSettings: Equatable, Sendable {
    /// So many heartbeats may be missed.
    package var heartbeats = 2.5
    /// Silence is told so long after it is known, so that several at once can be told as one.
    package var settle = Milliseconds.minutes(5)
    /// Of the devices behind one hub, this share and number must be silent.
    package var share = 0.5
    package var least = 3
    /// Without a quiet hour for so long a movement sensor is stuck.
    package var unquiet = Milliseconds.hours(48)
    /// Records within `per` above which a device floods.
    package var records = 600
    package var per = Milliseconds.minutes(1)

    package init() {}
}
