/// A step of a case that has a clock of its own, in their order; `case` is the whole of it. A test pins the spelling.
package enum ClockStep: String, Sendable, CaseIterable {
    case ack, arrive, handle, check
    case `case`
}
