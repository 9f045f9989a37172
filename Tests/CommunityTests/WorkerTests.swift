import Testing
import Timekeeping

@testable import Community

@Suite struct WorkerTests {
    /// 2024-05-06 is a Monday.
    static func time(_ weekday: Int, _ hour: Int, _ minute: Int) throws -> CivilTime {
        let day = try #require(Day(year: 2024, month: 5, day: 5 + weekday))
        #expect(day.weekday == weekday)
        return CivilTime(date: day, hour: hour, minute: minute, second: 59, millisecond: 999)
    }

    @Test func `a worker's cells are read`() throws {
        let loaded = Loaded(
            workers: "编号,姓名,角色,电话,网格,通道,班次\n"
                + "w1,王芳,Grid_Worker,13800001111,g1|g3,sms:13800001111|wecom-grid3,"
                + "Mon-Fri 08:00-18:00; Sat 20:00-08:00\n"
                + "w2,李强,保安,,,,\nw3,赵,department:电梯_维保,,,,\n")
        #expect(loaded.codes == [])
        let worker = try #require(loaded.registry.workers.first)
        #expect(worker.role == "grid-worker")
        #expect(worker.grids.map { loaded.registry.grids[Int($0.index)] } == ["g1", "g3"])
        #expect(
            worker.channels == [
                ChannelAddress(channel: "sms", address: "13800001111"),
                ChannelAddress(channel: "wecom-grid3", address: nil),
            ])
        #expect(worker.shift != nil)
        #expect(loaded.registry.workers[1].role == "guard" && loaded.registry.workers[1].shift == nil)
        #expect(loaded.registry.workers[2].role == "department:电梯_维保")
        #expect(loaded.registry.worker("w2") == WorkerID(index: 1))
    }

    @Test func `a shift begins with its first minute and ends before its last`() throws {
        let shift = try #require(Shift(text: "Mon-Fri 08:00-18:00"))
        #expect(!shift.covers(try WorkerTests.time(1, 7, 59)))
        #expect(shift.covers(try WorkerTests.time(1, 8, 0)))
        #expect(shift.covers(try WorkerTests.time(5, 17, 59)))
        #expect(!shift.covers(try WorkerTests.time(5, 18, 0)))
        #expect(!shift.covers(try WorkerTests.time(6, 12, 0)))
    }

    @Test func `a shift over midnight belongs to the day on which it begins`() throws {
        let shift = try #require(Shift(text: "Sun 20:00-08:00"))
        #expect(!shift.covers(try WorkerTests.time(7, 19, 59)))
        #expect(shift.covers(try WorkerTests.time(7, 20, 0)))
        #expect(shift.covers(try WorkerTests.time(1, 0, 0)))
        #expect(shift.covers(try WorkerTests.time(1, 7, 59)))
        #expect(!shift.covers(try WorkerTests.time(1, 8, 0)))
        #expect(!shift.covers(try WorkerTests.time(7, 7, 0)))
        #expect(!shift.covers(try WorkerTests.time(2, 7, 0)))
    }

    @Test(arguments: [
        ("08:00-18:00", 0x7F, 480, 1080), ("每天 8:00-24:00", 0x7F, 480, 1440), ("周一至周五 08:00-18:00", 0x1F, 480, 1080),
        ("周六,周日 20:00-08:00", 0x60, 1200, 480), ("Fri-Mon 00:00-00:00", 0x71, 0, 0), ("工作日 全天", 0x1F, 0, 1440),
        ("星期一\u{FF0C}星期三 09\u{FF1A}30-10\u{FF1A}00", 0x05, 570, 600),
    ])
    func `shifts are read as people write them`(text: String, days: Int, start: Int, end: Int) {
        #expect(Shift(text: text)?.spans == [Shift.Span(days: UInt8(days), start: start, end: end)])
    }

    @Test(arguments: [
        "", ";", "早班", "Mon", "Mon 8-18", "Mon 08:00-25:00", "Mon 08:60-18:00", "Mnd 08:00-18:00", "24:00-08:00",
    ])
    func `what is no shift is refused`(text: String) {
        #expect(Shift(text: text) == nil)
    }
}
