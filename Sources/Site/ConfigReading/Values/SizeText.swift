/// A number of bytes as a person writes it: `4GB`, `64MB`, `512KB`, `1TB`, `100B`. The units are powers of 1024. A
/// whole number and one unit, no sign, no blanks; `KiB` and the like are the same units.
package struct SizeText: Equatable, Sendable, CustomStringConvertible {
    package var bytes: Int64

    package init(bytes: Int64) { self.bytes = bytes }

    private static let units: [(name: String, factor: Int64)] = [
        ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1),
    ]

    /// - Returns: nil where the text has another form or does not fit.
    package init?(text: String) {
        let upper = text.uppercased().replacing("IB", with: "B")
        for (name, factor) in SizeText.units where upper.hasSuffix(name) {
            let digits = upper.dropLast(name.count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let n = Int64(digits) else {
                continue
            }
            let (product, overflow) = n.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            bytes = product
            return
        }
        return nil
    }

    /// In the largest unit that divides it.
    package var description: String {
        for (name, factor) in SizeText.units where bytes != 0 && bytes % factor == 0 {
            return "\(bytes / factor)\(name)"
        }
        return "0B"
    }
}
