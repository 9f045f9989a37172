import Alerts
import Feeds
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// What holds whatever happens, and a model that knows nothing of the book.
@Suite struct DispatchLawTests {
    private enum Event: Equatable {
        case acknowledge(String), arrive(String), noAccess(String), handle, end, note
    }

    private static func events(_ random: inout SeededRandom) -> [(minute: Int64, event: Event)] {
        var events: [(Int64, Event)] = []
        var minute: Int64 = 0
        for _ in 0..<random.int(1...8) {
            minute += Int64(random.int(1...14))
            let who = random.pick(["wang", "chen", "sun"])
            let event: Event =
                switch random.int(0...9) {
                case 0...2: .acknowledge(who)
                case 3: .arrive(who)
                case 4...6: .noAccess(who)
                case 7: .note
                case 8: .handle
                default: .end
                }
            events.append((minute, event))
            if event == .end || event == .handle { break }
        }
        return events
    }

    private static func run(
        _ bench: inout DispatchBench, _ events: [(minute: Int64, event: Event)],
        between: (inout DispatchBench) throws -> Void = { _ in }
    ) throws {
        bench.raise()
        var state = AlertState.open
        for (minute, event) in events {
            try between(&bench)
            switch event {
            case .acknowledge(let who):
                state = .acknowledged
                bench.act(.acknowledged, state, by: who, at: minute)
            case .arrive(let who):
                state = .onSite
                bench.act(.arrived, state, by: who, at: minute)
            case .noAccess(let who): bench.act(.escalated, state, by: who, at: minute) { $0.reason = "no_access" }
            case .note: bench.act(.noted, state, by: "wang", at: minute)
            case .handle: bench.act(.handled, .handled, by: "wang", at: minute)
            case .end: bench.end(at: minute)
            }
        }
        try between(&bench)
        bench.tick(min(115, 100))
    }

    /// Minute by minute: tiers have fixed times, and what happens only moves all of them, or stops them.
    private struct Model {
        let after: [Int64] = [0, 5, 15]
        var offset: Int64 = 0
        var next = 1
        var isRunning = true
        var arriveAt: Int64?
        var isPressed = false
        var isExhausted = false
        var asker = ""
        /// Of those who were told since somebody was asked for.
        var recent: Set<String> = []
        var told: [String] = []
        let names = ["wang", "chen", "sun"]

        private var due: Int64? {
            guard isRunning else { return nil }
            if next < 3 { return offset + after[next] }
            return isPressed && !isExhausted ? offset + after[2] + 10 : nil
        }

        private mutating func tell(_ minute: Int64) {
            if next < 3 {
                told.append("\(minute) \(names[next])")
                recent.insert(names[next])
                offset = minute - after[next]
                next += 1
            } else {
                told.append("\(minute) all")
                recent.insert("zhou")
                isExhausted = true
                isRunning = false
            }
        }

        mutating func minute(_ minute: Int64) {
            if arriveAt == minute {
                arriveAt = nil
                if next < 3 {
                    isRunning = true
                    offset = minute - after[next]
                } else {
                    told.append("\(minute) late")
                }
            }
            if due == minute { tell(minute) }
        }

        mutating func happen(_ event: Event, _ minute: Int64) {
            switch event {
            case .acknowledge(let who), .arrive(let who):
                if !isPressed || who != asker && recent.contains(who) {
                    isRunning = false
                    isPressed = false
                }
                if case .acknowledge = event { arriveAt = minute + 10 } else { arriveAt = nil }
            case .noAccess(let who):
                (isPressed, asker, arriveAt, recent) = (true, who, nil, [])
                if !isExhausted || next < 3 { isRunning = true }
                offset = next < 3 ? minute - after[next] : minute - after[2] - 10
                tell(minute)
            case .note: break
            case .handle, .end: (isRunning, arriveAt, isPressed) = (false, nil, false)
            }
        }
    }

    private static func reduced(_ told: [String]) -> [String] {
        let short = told.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard ["escalated", "late", "noAccess"].contains(words[2]) else { return nil }
            switch words[1] {
            case "robot:chen": return "\(words[0]) chen"
            case "robot:sun": return "\(words[0]) sun"
            case "robot:zhou": return "\(words[0]) all"
            case "robot:wang": return "\(words[0]) late"
            default: return nil
            }
        }
        return withoutOthersOfLate(short)
    }

    /// Where nobody is left, all who were told hear that it is late: of that minute that alone is compared.
    private static func withoutOthersOfLate(_ lines: [String]) -> [String] {
        let late = Set(lines.filter { $0.hasSuffix("late") }.map { $0.split(separator: " ")[0] })
        return lines.filter { line in line.hasSuffix("late") || !late.contains(line.split(separator: " ")[0]) }
    }

    @Test func `random days of a case are told as a model tells them that goes minute by minute`() throws {
        var random = SeededRandom(
            for: "random days of a case are told as a model tells them that goes minute by minute")
        for run in 0..<400 {
            let events = DispatchLawTests.events(&random)
            var bench = DispatchBench()
            try DispatchLawTests.run(&bench, events)
            var model = Model()
            var left = events[...]
            for minute in 0...100 as ClosedRange<Int64> {
                model.minute(minute)
                while let first = left.first, first.minute == minute {
                    model.happen(first.event, minute)
                    left = left.dropFirst()
                }
            }
            #expect(
                DispatchLawTests.reduced(bench.told) == DispatchLawTests.withoutOthersOfLate(model.told),
                "seed \(random.seed), run \(run): \(events), \(bench.told)")
        }
    }

    @Test func `a book that is read again at any moment goes on as if it had not been`() throws {
        var random = SeededRandom(for: "a book that is read again at any moment goes on as if it had not been")
        for run in 0..<200 {
            let events = DispatchLawTests.events(&random)
            var whole = DispatchBench()
            try DispatchLawTests.run(&whole, events)
            var broken = DispatchBench()
            try DispatchLawTests.run(&broken, events) { try $0.restart() }
            #expect(broken.told == whole.told && broken.made == whole.made, "seed \(random.seed), run \(run)")
        }
    }

    @Test func `a step of the wall clock moves each timer with it: nothing is told sooner or later`() throws {
        var random = SeededRandom(
            for: "a step of the wall clock moves each timer with it: nothing is told sooner or later")
        for run in 0..<200 {
            let events = DispatchLawTests.events(&random)
            // Whose shift it is goes by the wall clock: here all are on duty.
            let workers = DispatchBench.workers.replacing("19:00-07:00", with: "00:00-24:00")
            var plain = DispatchBench(workers: workers)
            try DispatchLawTests.run(&plain, events)
            var moved = DispatchBench(workers: workers)
            let hours = Int64(random.pick([-1, 1]))
            try DispatchLawTests.run(&moved, events) { $0.shift(by: .hours(hours)) }
            #expect(moved.told == plain.told, "seed \(random.seed), run \(run): \(events)")
        }
    }

    @Test func `what was reverted has not been, and comes to the same when it is done again`() throws {
        var random = SeededRandom(for: "what was reverted has not been, and comes to the same when it is done again")
        for run in 0..<200 {
            var bench = DispatchBench()
            try DispatchLawTests.run(&bench, DispatchLawTests.events(&random).dropLast())
            let before = bench.book.allCases
            let next = bench.book.nextDeadline
            var input = DispatchInput(
                changes: [Town.change(7, record: 900, at: bench.clock)], applied: 900, clock: bench.clock + .hours(30))
            input.shifts = [DispatchInput.Shift(record: 899, length: .minutes(3))]
            let first = bench.book.step(input)
            bench.book.revert(first)
            #expect(bench.book.allCases == before, "seed \(random.seed), run \(run)")
            #expect(bench.book.nextDeadline == next)
            let again = bench.book.step(input)
            #expect(again.made == first.made && again.notifications == first.notifications)
            #expect(again.saved == first.saved && again.removed == first.removed)
        }
    }

    @Test func `a state that was cut or changed is refused, and never read as another`() {
        var bench = DispatchBench()
        bench.raise()
        let bytes = bench.book.allCases[0].bytes
        for length in 0..<bytes.count {
            #expect(throws: (any Error).self) { try CaseDispatch(Array(bytes.prefix(length))) }
        }
    }
}
