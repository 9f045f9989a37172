import Foundation
import Timekeeping

/// Which deliveries are asked for; nil asks for any.
package struct DeliveryFilter: Equatable, Sendable {
    package var alert: String?
    package var channel: String?
    package var state: DeliveryState?
    /// Only deliveries with a smaller id: the last of the page before.
    package var before: Int64?
    /// 1 to 1,000.
    package var limit = 100

    package init() {}
}
