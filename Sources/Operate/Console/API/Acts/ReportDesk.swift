/// Where a case goes that somebody makes by hand: as a record of the native `report` family through the intake, like
/// one that came over MQTT.
package protocol ReportDesk: Sendable {
    /// Ends when the record and what came of it are durable and committed.
    func report(_ report: MadeReport) async -> ReportAnswer
}
