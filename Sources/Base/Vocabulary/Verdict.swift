/// How a no-movement alert is to be read; `suspected` is a throw that one camera alone saw.
package enum Verdict: String, Sendable, CaseIterable {
    case uncovered
    case boxBlind = "box_blind"
    case wentOut = "went_out"
    case sensorDead = "sensor_dead"
    case notSeen = "not_seen"
    case notMoving = "not_moving"
    case suspected
}
