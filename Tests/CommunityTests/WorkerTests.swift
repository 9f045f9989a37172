import Testing

@testable import Community

@Suite struct WorkerTests {
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
}
