package import Diagnostics

extension Registry {
    /// Understands the four files. Never fails: a wrong row costs that row, and every problem of all files is in the
    /// diagnostics, in the order of places, devices, residents, workers and within a file by line.
    package static func load(_ files: RegistryFiles) -> (registry: Registry, diagnostics: [Diagnostic]) {
        var loader = RegistryLoader()
        var sheets: [SheetKind: Sheet] = [:]
        for kind in SheetKind.allCases {
            for file in files.files where file.name == kind.fileName { sheets[kind] = loader.sheet(kind, file) }
        }
        loader.loadPlaces(sheets[.places])
        // Residents before devices: where the two spell an address differently, the residents' spelling is its id.
        loader.loadResidents(sheets[.residents])
        loader.loadDevices(sheets[.devices])
        loader.finishPlaces()
        loader.findScopes()
        loader.formHouseholds()
        loader.loadWorkers(sheets[.workers])
        return (loader.registry, loader.sortedDiagnostics())
    }
}

/// Builds a registry row by row. The parts for each file are in `RegistryLoader+Places`, `+Addresses`, `+Devices`,
/// `+Residents`, `+Credentials`, `+Workers`; what is wrong with a row in itself is found in `+Rows`.
struct RegistryLoader {
    var registry = Registry()
    private var diagnostics: [Diagnostic] = []

    /// Ids of rows of places that were left out for an error of their own, with their lines.
    var leftOutPlaces: [String: Int] = [:]
    var addresses = AddressBook()
    /// Whether `places.csv` has any building; where it has none, addresses make theirs.
    var hasBuildingRows = false

    /// Comparing a name with thousands takes milliseconds; after this many typing errors the texts go without.
    private var suggestionsLeft = 40

    /// Says nothing of a cell that was given up, which was told.
    mutating func tell(_ problem: Problem, _ row: SheetRow, _ field: Field? = nil) {
        if let field, row.isGivenUp(field) { return }
        diagnostics.append(row.diagnostic(problem, field))
    }

    mutating func tell(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    mutating func nearest(to written: String, among candidates: @autoclosure () -> [String]) -> String? {
        guard suggestionsLeft > 0, written.utf8.count <= 100 else { return nil }
        suggestionsLeft -= 1
        return Nearest.name(to: written, among: candidates())
    }

    mutating func sheet(_ kind: SheetKind, _ file: (name: String, path: String, bytes: [UInt8])) -> Sheet? {
        guard file.bytes.count <= RegistryFiles.fileMax else {
            let problem = Problem.tooLarge(limit: RegistryFiles.fileMax)
            diagnostics.append(Sheet.empty(kind, file.path).diagnostic(problem, row: nil, column: -1))
            return nil
        }
        var reader = SheetReader(kind: kind, path: file.path)
        let sheet = reader.read(file.bytes)
        diagnostics += reader.diagnostics
        return sheet
    }

    func sortedDiagnostics() -> [Diagnostic] {
        let order = ["places", "devices", "residents", "workers"]
        let ranked = diagnostics.enumerated().map { (at, diagnostic) in
            let kind = diagnostic.code.split(separator: ".").first.map(String.init) ?? ""
            return (order.firstIndex(of: kind) ?? 0, diagnostic.line, at, diagnostic)
        }
        return ranked.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
    }

    mutating func grid(_ name: ArraySlice<UInt8>) -> GridID {
        let index = registry.gridNames.insert(name)
        if Int(index) == registry.grids.count { registry.grids.append(String(decoding: name, as: UTF8.self)) }
        return GridID(index: index)
    }
}
