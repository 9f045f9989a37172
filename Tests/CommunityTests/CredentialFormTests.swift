import Testing

@testable import Community

/// Credentials that a message writes another way than the sheet.
@Suite struct CredentialFormTests {
    private func registry(_ credentials: String...) -> Loaded {
        var sheet = "id,dwelling,name,care,credentials\n"
        for (index, cell) in credentials.enumerated() { sheet += "r\(index + 1),b1-0075,x,yes,\(cell)\n" }
        return Loaded(devices: "id,place,kind\ng1,gates,gate\ng2,gates,gate\n", residents: sheet)
    }

    private func meant(_ loaded: Loaded, _ value: String, device: String = "g2", isNumber: Bool = false) -> String? {
        var copy = value
        let found = copy.withUTF8 { value in
            unsafe loaded.registry.residentByCredential(
                value, device: loaded.registry.device(device), feed: "feed", isNumber: isNumber)
        }
        return loaded.id(found)
    }

    @Test(arguments: [
        "04:A2:1B:9C", "04a21b9c", "04-a2-1b-9c", "04 A2 1B 9C", " 04a2:1B9C ", "04.a2.1b.9c", "04A2.1B9C",
        "04_A2_1B_9C", "0x04A21B9C",
        " 0X04:a2:1b:9c",
    ])
    func `a hexadecimal number is one card's, however it is written`(_ told: String) {
        for sheet in ["04:A2:1B:9C", "04a21b9c", "04 a2 1B-9C", "0x04a21b9c", "04.A2.1B.9C"] {
            #expect(meant(registry(sheet), told) == "r1", "\(sheet)")
        }
    }

    @Test func `what has anything else in it, or is short, is compared as it is written`() {
        let loaded = registry("04A21B9G", "1-2", "card-12ab")
        #expect(meant(loaded, "04a21b9g") == nil && meant(loaded, "04A21B9G") == "r1")
        #expect(meant(loaded, "12") == nil && meant(loaded, "1-2") == "r2")
        #expect(meant(loaded, "CARD-12AB") == nil && meant(loaded, "card-12ab") == "r3")
        let long = String(repeating: "a", count: 65)
        #expect(meant(registry(long), long) == "r1" && meant(registry(long), long.uppercased()) == nil)
    }

    @Test func `two people's that would be one are compared as they are written`() {
        let loaded = registry("04A21B9C", "04:a2:1b:9c", "04ff")
        #expect(loaded.errors == [])
        #expect(meant(loaded, "04A21B9C") == "r1" && meant(loaded, "04:a2:1b:9c") == "r2")
        #expect(meant(loaded, "04-A2-1B-9C") == nil && meant(loaded, "04FF") == "r3")
        // One person's two ways to write it are no collision.
        #expect(meant(registry("04A21B9C|04:a2:1b:9c"), "04-A2-1B-9C") == "r1")
    }

    @Test func `a prefix or a dot makes nobody of two people, and a decimal is none`() {
        let loaded = registry("04A21B9C", "0x04a21b9c", "1234.5", "220000")
        #expect(meant(loaded, "04A21B9C") == "r1" && meant(loaded, "0x04a21b9c") == "r2")
        #expect(meant(loaded, "04.A2.1B.9C") == nil && meant(loaded, "12345") == nil)
        #expect(meant(loaded, "1234.5") == "r3" && meant(loaded, "2200.00") == nil && meant(loaded, "22.00.00") == "r4")
        #expect(meant(loaded, "0x") == nil && meant(loaded, "0x1") == nil)
    }

    @Test func `a number is never read as hexadecimal digits`() {
        let loaded = registry("12-34-56-78")
        #expect(meant(loaded, "12345678", isNumber: true) == nil && meant(loaded, "12345678") == "r1")
    }

    @Test func `a credential that two people had means nobody, in any form`() {
        let loaded = registry("04A21B9C", "04A21B9C")
        #expect(!loaded.errors.isEmpty)
        #expect(meant(loaded, "04a21b9c") == nil && meant(loaded, "04A21B9C") == nil)
    }

    @Test func `a scope holds for every form`() {
        let loaded = registry("g1:04A21B9C", "feed:05A21B9C", "06A21B9C")
        #expect(meant(loaded, "04a2-1b9c", device: "g1") == "r1" && meant(loaded, "04a2-1b9c") == nil)
        #expect(meant(loaded, "05a2-1b9c") == "r2" && meant(loaded, "06a2-1b9c", device: "g1") == "r3")
    }

    @Test func `somebody else's id stands in the way, one's own does not`() {
        let sheet =
            "id,dwelling,name,care,credentials\n0412,b1-0075,x,yes,\nr2,b1-0075,y,yes,04-12\n0a-0b,b1-0075,z,yes,0A0B\n"
        let loaded = Loaded(residents: sheet)
        #expect(meant(loaded, "0412") == "0412" && meant(loaded, "04-12") == "r2" && meant(loaded, "04:12") == nil)
        #expect(meant(loaded, "0a:0b") == "0a-0b")
    }

    @Test func `a number is compared as a decimal, a text as a text, and a code with an exponent as a code`() {
        let loaded = registry("7.0", "3E12", "007")
        #expect(meant(loaded, "7", isNumber: true) == "r1" && meant(loaded, "7") == nil)
        #expect(meant(loaded, "3000000000000", isNumber: true) == nil && meant(loaded, "3e12") == "r2")
        #expect(meant(loaded, "007") == "r3")
    }
}
