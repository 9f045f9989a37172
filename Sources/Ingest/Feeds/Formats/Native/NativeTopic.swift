import Vocabulary

/// What the native format notes of a topic: the kinds that its family may tell of as bits by their numbers, the family,
/// and whether it is a last will's. One number, so that a record looks nothing up.
struct NativeTopic {
    /// Of kinds there are fewer than 48.
    private static let familyAt: UInt64 = 48
    private static let statusBit: UInt64 = 1 << 63
    private static let families = DeviceFamily.allCases

    let bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    /// - Parameter family: nil where the topic names none that is known: then it may only call for help.
    init(_ family: DeviceFamily?, isStatus: Bool) {
        var bits = family.map(NativeTypes.kinds) ?? 0
        let number = family.flatMap { NativeTopic.families.firstIndex(of: $0) }.map { UInt64($0) + 1 } ?? 0
        bits |= number << NativeTopic.familyAt
        self.bits = isStatus ? bits | NativeTopic.statusBit : bits
    }

    var isStatus: Bool { bits & NativeTopic.statusBit != 0 }

    var family: DeviceFamily? {
        switch bits >> NativeTopic.familyAt & 0xFF {
        case 0: nil
        case let number: NativeTopic.families[Int(number) - 1]
        }
    }

    /// Whether a device of the topic's family may tell of it.
    @inline(__always)
    func tells(_ kind: ObservationKind) -> Bool { bits >> UInt64(kind.rawValue) & 1 != 0 }
}
