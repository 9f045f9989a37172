import Alerts

/// One change for one destination, and why.
struct Telling: Equatable, Sendable {
    var change: AlertChange
    var destination: Routing.Destination
    var purpose = Purpose.alert
}
