import Feeds
@testable import Pipeline
import Testing
import Timekeeping

@testable import Daemon

@Suite struct EntryDeskTests {
    private static func act(_ key: String) -> Entry { .act(Act(alert: "a", verb: "ack", key: key), page: nil) }

    /// Puts entries in, one after another, and waits until each stands in line.
    private static func put(_ count: Int, into desk: EntryDesk, _ tasks: inout TaskGroup<EntryDesk.Answer>) async
        -> [EntryDesk.Ticket]
    {
        var tickets: [EntryDesk.Ticket] = []
        for number in 0..<count { tasks.addTask { await desk.add(act("\(number)")) } }
        while tickets.count < count {
            tickets += desk.takeWaiting().map(\.ticket)
            await Task.yield()
        }
        return tickets
    }

    @Test func `an entry is answered when the ledger has what its record made, and once`() async {
        let desk = EntryDesk(wake: {})
        let answers = await withTaskGroup(of: EntryDesk.Answer.self) { tasks in
            let tickets = await EntryDeskTests.put(2, into: desk, &tasks)
            desk.appended(tickets[0], as: 7)
            desk.appended(tickets[1], as: 9)
            #expect(!desk.isAwaiting(upTo: 6) && desk.isAwaiting(upTo: 7))
            let outcome = ActOutcome(
                record: 7, at: .distantPast, act: Act(alert: "a", verb: "ack"), result: .done(ordinal: 3))
            desk.committed(upTo: 8, [outcome])
            desk.committed(upTo: 9, [])
            desk.committed(upTo: 10, [])
            var answers: [EntryDesk.Answer] = []
            for await answer in tasks { answers.append(answer) }
            return (answers, outcome)
        }
        #expect(answers.0.contains(.stepped(record: 7, answers.1)))
        #expect(answers.0.contains(.stepped(record: 9, nil)) && answers.0.count == 2)
    }

    @Test func `what is cut off the journal is unavailable, and what stands before it is not`() async {
        let desk = EntryDesk(wake: {})
        let answers = await withTaskGroup(of: EntryDesk.Answer.self) { tasks in
            let tickets = await EntryDeskTests.put(3, into: desk, &tasks)
            for (ticket, record) in zip(tickets, [5, 6, 7] as [Int64]) { desk.appended(ticket, as: record) }
            desk.cutBack(from: 6)
            desk.committed(upTo: 7, [])
            var answers: [EntryDesk.Answer] = []
            for await answer in tasks { answers.append(answer) }
            return answers
        }
        #expect(answers.filter { $0 == .unavailable }.count == 2)
        #expect(answers.contains(.stepped(record: 5, nil)))
    }

    @Test func `so many wait at most, who comes then is told at once, and an ended watch takes nothing`() async {
        let desk = EntryDesk(wake: {})
        await withTaskGroup(of: EntryDesk.Answer.self) { tasks in
            let tickets = await EntryDeskTests.put(EntryDesk.most, into: desk, &tasks)
            #expect(await desk.add(EntryDeskTests.act("one more")) == .busy)
            desk.refuse([tickets[0]])
            #expect(await tasks.next() == .unavailable)
            desk.close()
            for await answer in tasks { #expect(answer == .unavailable) }
        }
        #expect(await desk.add(EntryDeskTests.act("late")) == .unavailable)
    }
}
