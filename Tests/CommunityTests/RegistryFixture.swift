import Diagnostics

@testable import Community

/// Sheets as a test writes them, and what came of them.
struct Loaded {
    var registry: Registry
    var diagnostics: [Diagnostic]

    init(places: String = Loaded.places, devices: String = "", residents: String = "", workers: String = "") {
        self.init(
            [.places: places, .devices: devices, .residents: residents, .workers: workers].mapValues { Array($0.utf8) })
    }

    init(_ sheets: [SheetKind: [UInt8]]) {
        let result = Registry.load(Loaded.files(sheets))
        registry = result.registry
        diagnostics = result.diagnostics
    }

    static func files(_ sheets: [SheetKind: [UInt8]]) -> RegistryFiles {
        var files = RegistryFiles()
        for kind in SheetKind.allCases {
            if let bytes = sheets[kind] {
                files.files.append((name: kind.fileName, path: "registry/" + kind.fileName, bytes: bytes))
            }
        }
        return files
    }

    /// What the guard says of a registry against an accepted one.
    static func verdict(
        _ new: Loaded, _ sheets: [SheetKind: [UInt8]], _ accepted: Loaded, _ acceptedSheets: [SheetKind: [UInt8]]
    ) -> RegistryGuard {
        RegistryGuard(
            files: files(sheets), registry: new.registry, accepted: files(acceptedSheets),
            acceptedRegistry: accepted.registry)
    }

    /// A site with two buildings, a flat and a gate.
    static let places = """
        id,kind,parent,name,grid
        hgs,site,,红谷春天,
        b1,building,hgs,1栋,g1
        b3,building,hgs,3栋,g3
        b1-0075,dwelling,b1,0075室,
        gates,area,hgs,大门,g0

        """

    var codes: [String] { diagnostics.map(\.code) }
    var errors: [String] { diagnostics.filter { $0.severity == .error }.map(\.code) }

    func place(_ id: String) -> Place? { registry.place(id).map { registry.places[Int($0.index)] } }
    func resident(_ id: String) -> Resident? { registry.resident(id).map { registry.residents[Int($0.index)] } }
    func device(_ id: String) -> Device? { registry.device(id).map { registry.devices[Int($0.index)] } }
    func id(_ resident: ResidentID?) -> String? { resident.map { registry.residents[Int($0.index)].id } }
}
