import ConsoleClient
import Diagnostics
import JSONWriting
import Synchronization
import Testing
import Vocabulary

/// What the commands ask, what they make of each answer, and what becomes of an answer that is lost.
@Suite struct ConsoleClientTests {
    /// How long the client would have waited.
    private final class Pauses: Sendable {
        private let all = Mutex([Duration]())
        var told: [Duration] { all.withLock { $0 } }
        func add(_ pause: Duration) { all.withLock { $0.append(pause) } }
    }

    private func ask(
        _ request: ConsoleRequest, of stub: ConsoleStub, pauses: Pauses = Pauses()
    ) async throws -> Result<ConsoleAnswer, ConsoleFailure> {
        try await stub.run { address in
            let client = try ConsoleClient(
                address: address + "/", token: Secret("sw_test"), pause: { pauses.add($0) })
            let result: Result<ConsoleAnswer, ConsoleFailure>
            do throws(ConsoleFailure) { result = .success(try await client.ask(request)) } catch {
                result = .failure(error)
            }
            await client.close()
            return result
        }
    }

    private func problem(_ status: Int, _ code: String, _ more: String = "") -> ConsoleStub.Answer {
        .json(
            status, #"{"type":"about:blank","title":"t","status":\#(status),"detail":"why","code":"\#(code)"\#(more)}"#)
    }

    private func failure(_ answer: ConsoleStub.Answer) async throws -> ConsoleFailure? {
        let request = ConsoleRequest.post(["alerts", "7f3a9c", "ack"], key: "k1") { _ in }
        guard case .failure(let failure) = try await ask(request, of: ConsoleStub { _, _ in answer }) else {
            return nil
        }
        return failure
    }

    @Test func `a call has its token, its path and its fields, and gives the body as it came`() async throws {
        let stub = ConsoleStub { _, _ in .json(200, #"{"id":"7f3a9c0000000001","state":"acknowledged"}"#) }
        let request = ConsoleRequest.post(["alerts", "7f3a9c", "handle"], key: "k1") { writer in
            writer.text("found", "well")
            writer.text("text", "家里有人")
        }
        let answer = try await ask(request, of: stub).get()
        #expect(answer.status == 200 && answer.value?["state"]?.text == "acknowledged")
        #expect(
            stub.asked == [
                .init(
                    method: "POST", target: "/api/v1/alerts/7f3a9c/handle", authorization: "Bearer sw_test",
                    body: #"{"key":"k1","found":"well","text":"家里有人"}"#)
            ])
    }

    @Test func `what stands in a path or a query is escaped`() async throws {
        let stub = ConsoleStub { _, _ in .json(200, "{}") }
        let request = ConsoleRequest.get(
            ["residents", "3栋/2单元 502"], query: [(name: "q", value: "a&b=c?罗"), (name: "open", value: "1")])
        _ = try await ask(request, of: stub).get()
        #expect(
            stub.asked.first?.target
                == "/api/v1/residents/3%E6%A0%8B%2F2%E5%8D%95%E5%85%83%20502?q=a%26b%3Dc%3F%E7%BD%97&open=1")
    }

    @Test func `an answer that is lost is asked for again, with the same key and the same body`() async throws {
        let pauses = Pauses()
        let stub = ConsoleStub { _, before in before < 2 ? .broken : .json(200, #"{"state":"acknowledged"}"#) }
        let request = ConsoleRequest.post(["alerts", "7f3a9c", "ack"], key: ConsoleRequest.mintKey()) { _ in }
        let answer = try await ask(request, of: stub, pauses: pauses).get()
        #expect(answer.status == 200 && stub.asked.count == 3)
        #expect(Set(stub.asked.map(\.body)).count == 1 && stub.asked.first?.body.contains("cli-") == true)
        #expect(pauses.told == [.milliseconds(200), .milliseconds(500)])
    }

    @Test func `where no answer comes at all it says that it may be done, and under which key`() async throws {
        let request = ConsoleRequest.post(["alerts", "7f3a9c", "ack"], key: "k7") { _ in }
        let stub = ConsoleStub { _, _ in .broken }
        guard case .failure(let failure) = try await ask(request, of: stub) else {
            Issue.record("it was answered")
            return
        }
        #expect(stub.asked.count == RetryPlan.triesMax && failure.code == 69)
        #expect(failure.phrase.en.contains("--key k7") && failure.phrase.zh.contains("--key k7"))
    }

    @Test func `where nobody listens it ends at once`() async throws {
        let pauses = Pauses()
        let client = try ConsoleClient(
            address: "http://127.0.0.1:1", token: Secret("sw_test"), pause: { pauses.add($0) })
        let failure = await #expect(throws: ConsoleFailure.self) { try await client.ask(.get(["status"])) }
        await client.close()
        #expect(failure?.code == 69 && pauses.told.isEmpty)
        #expect(failure?.phrase.en.contains("shouwang run") == true)
    }

    @Test func `who says later is asked again, as long as that is soon`() async throws {
        let pauses = Pauses()
        let stub = ConsoleStub { _, before in
            before == 0 ? .json(503, #"{"code":"unavailable"}"#, retryAfter: 3) : .json(200, "{}")
        }
        _ = try await ask(.get(["status"]), of: stub, pauses: pauses).get()
        #expect(pauses.told == [.seconds(3)])
        let long = try await failure(.json(429, #"{"code":"too_many","detail":"slow"}"#, retryAfter: 60))
        #expect(long?.code == 75 && long?.phrase.en.contains("60 s") == true)
    }

    @Test func `each refusal has its exit code, and says what to do`() async throws {
        var failure = try await failure(problem(400, "bad_field", #","field":"found""#))
        #expect(failure?.code == 64 && failure?.phrase.en == "found: why")
        failure = try await self.failure(problem(401, "unauthorized"))
        #expect(failure?.code == 78 && failure?.phrase.en.contains("shouwang token add") == true)
        failure = try await self.failure(problem(403, "forbidden"))
        #expect(failure?.code == 1 && failure?.phrase.en.contains("not allowed: why") == true)
        failure = try await self.failure(problem(404, "not_found"))
        #expect(failure?.code == 66)
        failure = try await self.failure(problem(409, "not_legal", #","state":"closed","allowed":["reopen","note"]"#))
        #expect(failure?.code == 1)
        #expect(failure?.phrase.en == "the alert is closed now; what may be done: reopen, note")
        #expect(failure?.phrase.zh == "这条预警现在是“已结案”，此时可以：reopen, note")
        failure = try await self.failure(problem(409, "key_reused"))
        #expect(failure?.phrase.en.contains("--key") == true)
        failure = try await self.failure(problem(500, "fault"))
        #expect(failure?.code == 69 && failure?.phrase.en.contains("daemon's log") == true)
        // Who answers is not the daemon.
        failure = try await self.failure(.json(404, "<html>nginx</html>"))
        #expect(failure?.code == 66)
    }

    @Test func `a key is minted anew each time, and is as long as the API takes`() {
        let keys = Set((0..<1000).map { _ in ConsoleRequest.mintKey() })
        #expect(keys.count == 1000 && keys.allSatisfy { (1...64).contains($0.utf8.count) && $0.utf8.count == 36 })
    }

    @Test func `a token is in no text that the client gives out`() async throws {
        let failure = try await failure(.json(500, #"{"code":"fault","detail":"boom"}"#))
        #expect(failure.map { !"\($0)\($0.phrase)".contains("sw_test") } == true)
    }
}
