import Community
import FileIO
import Pipeline
import SiteConfiguration
import Testing

@testable import Daemon

@Suite struct PipelineQuestionsTests {
    private static func pipeline() throws -> Pipeline {
        let yaml = """
            site: {id: hgs}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}

            """
        let settings = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
            (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
        }.settings
        return Pipeline(settings: try #require(settings), registry: .empty)
    }

    @Test func `questions are answered one a turn, in their order; too many get none, and so does a watch that ended`()
        async throws
    {
        let pipeline = try PipelineQuestionsTests.pipeline()
        let questions = PipelineQuestions(wake: {})
        await withTaskGroup(of: Int?.self) { tasks in
            var answered = 0
            for number in 1...PipelineQuestions.most {
                tasks.addTask { await questions.ask { _ in number } }
            }
            while questions.waitingCount < PipelineQuestions.most { await Task.yield() }
            #expect(await questions.ask { _ in 0 } == nil, "one too many")
            questions.answerOne(pipeline)
            if let first = await tasks.next(), first != nil { answered += 1 }
            questions.close()
            for await answer in tasks where answer != nil { answered += 1 }
            #expect(answered == 1)
        }
        #expect(await questions.ask { _ in 1 } == nil)
    }
}
