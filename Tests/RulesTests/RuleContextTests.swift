import Community
import SiteConfiguration
import Testing
import Timekeeping

@testable import Rules

/// Names that the registry does not know are remembered up to a bound; what comes beyond is nobody who has a name.
@Suite struct RuleContextTests {
    @Test func `beyond the bound a word is none, and a device is not the first one`() {
        var words = NameTable()
        _ = words.insert("飞线充电")
        var world = RuleContext(
            registry: Registry.load(RegistryFiles()).registry, zone: .utc, days: SiteDays(), zones: NameTable(),
            words: words)
        for number in 1..<RuleContext.wordsMax { _ = world.number(ofWord: "w\(number)") }
        #expect(world.overflow == 0)
        #expect(world.number(ofWord: "one more") == -1 && world.word(-1).isEmpty)
        #expect(world.number(ofWord: "飞线充电") == 0)
        for number in 0..<RuleContext.unknownDevicesMax - 1 { _ = world.number(ofUnknownDevice: "d\(number)") }
        let more = world.number(ofUnknownDevice: "one more")
        #expect(world.deviceName(more) == "…" && world.deviceName(0) == "d0")
        #expect(world.number(ofUnknownDevice: "and another") == more)
        #expect(world.overflow == 3)
    }
}
