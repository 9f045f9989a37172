import Foundation
import Testing

@testable import Daemon

@Suite struct LedgerFillingTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("filling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test func `a ledger is filled behind its mark until the filling has ended`() throws {
        try LedgerFillingTests.inFolder { folder in
            let filling = LedgerFilling(store: folder)
            #expect(try filling.begin(applied: 5, end: 9) == nil, "no file was replaced")
            try filling.mark(4)
            #expect(try filling.begin(applied: 4, end: 9) == 4)
            // Interrupted: the ledger has some of it already.
            #expect(try filling.begin(applied: 7, end: 9) == 4)
            // Interrupted, and then lost again to an older state.
            #expect(try filling.begin(applied: 2, end: 9) == 2)
            #expect(try filling.begin(applied: 7, end: 9) == 2)
            filling.end()
            #expect(try filling.begin(applied: 9, end: 9) == nil)
        }
    }

    @Test func `where the journal has nothing more the mark is taken away`() throws {
        try LedgerFillingTests.inFolder { folder in
            let filling = LedgerFilling(store: folder)
            try filling.mark(0)
            #expect(try filling.begin(applied: 0, end: 0) == nil)
            #expect(try filling.begin(applied: 0, end: 9) == nil)
        }
    }
}
