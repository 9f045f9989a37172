import Vocabulary

/// The words of the native feed, ready to be looked up.
struct NativeWords: Sendable {
    let keys = WordTable(NativeKey.allCases.map(\.name))
    /// A type's place is that in ``kinds``.
    let types = WordTable(ObservationKind.allCases.map(\.name))
    let kinds = ContiguousArray(ObservationKind.allCases)
}
