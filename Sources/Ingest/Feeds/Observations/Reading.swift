/// What a sensor says of the world: on, off, or nothing that can be read as either.
public enum Reading: Int8, Sendable {
    case unknown = -1
    case off = 0
    case on = 1
}
