package import Vocabulary

/// What a feed can ever tell in one message: one of these kinds, and beside it these fields.
package struct FeedAbility: Sendable {
    /// What a rule may need beside the kind.
    package enum Field: CaseIterable, Sendable {
        case battery, celsius, count, confidence, floor, value, person, direction, track, plate, visit, word, time
        case identity
    }

    package var kinds: Set<ObservationKind>
    package var fields: Set<Field>

    package init(kinds: Set<ObservationKind>, fields: Set<Field>) {
        self.kinds = kinds
        self.fields = fields
    }
}
