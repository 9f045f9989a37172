package import ConfigReading
package import Timekeeping

package struct HeartbeatSettings: Equatable, Sendable {
    package var url: WebAddress
    package var every: Milliseconds

    package init(url: WebAddress, every: Milliseconds) {
        self.url = url
        self.every = every
    }
}
