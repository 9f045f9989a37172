/// What a rule counts for.
package enum RuleKey: String, Sendable, CaseIterable {
    case person, dwelling, place, building, device, credential, visit
    /// Camera, zone, class and plate: never a camera's own track, which starts again with the camera.
    case vehicle
    /// The place and category of a report.
    case report
}
