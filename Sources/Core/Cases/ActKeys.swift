/// The keys of the last acts of a case, so that an act which is told twice is done once.
///
/// Law: a key that was put in is found until ``most`` others were put in behind it. Cost: 8 bytes a key; a search is
/// O(``most``).
package struct ActKeys: Equatable, Sendable {
    package static let most = 16

    /// The oldest first.
    package private(set) var all: [UInt64] = []

    package init() {}

    /// - Parameter all: the oldest first; of more than ``most`` the last.
    package init(_ all: some Sequence<UInt64>) { self.all = Array(all.suffix(ActKeys.most)) }

    /// Whether a key is among them.
    package func contains(_ key: UInt64) -> Bool { all.contains(key) }

    /// Puts a key in; where it is full the oldest makes room.
    package mutating func insert(_ key: UInt64) {
        if all.count == ActKeys.most { all.removeFirst() }
        all.append(key)
    }
}
