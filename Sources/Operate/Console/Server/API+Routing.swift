import HTTPTypes
import Hummingbird

extension API {
    /// Adds every operation of the table.
    func add(to router: Router<ConsoleContext>) {
        for operation in API.operations {
            router.on(RouterPath(API.root + operation.path), method: operation.method) { request, context in
                try await self.answer(operation, request, context)
            }
        }
    }

    /// The methods that a path of the table has; none where there is no such path.
    static func methods(of path: String) -> [String] {
        guard path.hasPrefix(root + "/") else { return [] }
        let parts = path.dropFirst(root.count).split(separator: "/", omittingEmptySubsequences: false)
        let found = operations.filter { operation in
            let own = operation.path.split(separator: "/", omittingEmptySubsequences: false)
            return own.count == parts.count && zip(own, parts).allSatisfy { $0.first == "{" || $0 == $1 }
        }.map(\.method)
        return (found.contains(.get) ? found + [.head] : found).map(\.rawValue)
    }
}
