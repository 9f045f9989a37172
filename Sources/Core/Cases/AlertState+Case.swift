package import Vocabulary

extension AlertState {
    /// Somebody has it in hand: it is theirs until they close it, whatever the sensors say.
    package var isTaken: Bool {
        switch self {
        case .open, .dispatched, .resolved, .closed: false
        case .acknowledged, .onSite, .handled, .suspended: true
        }
    }

    /// It is over: nothing but a reopening of what is closed leads out of it.
    package var isOver: Bool { self == .resolved || self == .closed }
}
