import ArgumentParser

/// What came of looking at what another did: `--ok` or `--not-ok`.
enum CheckResult: EnumerableFlag { case ok, notOk }
