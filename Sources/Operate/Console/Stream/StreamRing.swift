import DequeModule

/// The last changes, from which all streams are served: read out of the ledger once, however many listen.
///
/// A value. Law: behind ``start`` every change up to the last one taken is here, in order. At most ``most`` are kept;
/// whoever is further behind reads the ledger. Cost: O(what is asked for).
struct StreamRing: Sendable {
    static let most = 1000

    private(set) var events: Deque<StreamEvent> = []
    /// Changes up to this one are not here.
    private(set) var start: EventNumber

    init(behind start: EventNumber) { self.start = start }

    /// The last change that is known.
    var end: EventNumber { events.last?.number ?? start }

    mutating func take(_ new: [StreamEvent]) {
        for event in new where event.number > end { events.append(event) }
        while events.count > StreamRing.most, let first = events.popFirst() { start = first.number }
    }

    /// The changes behind a number; nil where some of them are not here any more.
    func behind(_ number: EventNumber) -> [StreamEvent]? {
        guard number >= start else { return nil }
        // What is new stands at the end.
        var index = events.count
        while index > 0, events[index - 1].number > number { index -= 1 }
        return Array(events[index...])
    }

    /// The bytes that somebody who has had a number still has to get.
    func pendingBytes(behind number: EventNumber) -> Int {
        events.reversed().prefix { $0.number > number }.reduce(0) { $0 + $1.text.utf8.count }
    }
}
