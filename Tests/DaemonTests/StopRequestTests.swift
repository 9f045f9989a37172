import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct StopRequestTests {
    @Test func `what was asked before somebody waits is not lost, however often it is waited for`() async {
        let request = StopRequest()
        request.ask(.restore)
        await request.wait()
        await request.wait()
        #expect(!request.isStop)
    }

    @Test func `who waits is woken by the first who asks`() async {
        let request = StopRequest()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await request.wait()
                return request.isStop
            }
            await Task.yield()
            request.ask(.stop)
            request.ask(.restore)
            #expect(await group.next() == true, "a stop outweighs what is asked after it")
        }
    }

    @Test func `a cancelled task waits no more`() async {
        let request = StopRequest()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await request.wait() }
            await Task.yield()
            group.cancelAll()
            await group.waitForAll()
        }
        #expect(request.asked == nil)
    }
}
