package import Timekeeping

/// `count` observations of at least `devices` devices within `within`.
package struct ConfirmSettings: Equatable, Sendable {
    package var count: Int
    package var within: Milliseconds
    package var devices: Int

    package init(count: Int, within: Milliseconds, devices: Int) {
        self.count = count
        self.within = within
        self.devices = devices
    }
}
