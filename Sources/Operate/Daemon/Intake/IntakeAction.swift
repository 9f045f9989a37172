import Feeds
import MQTTIntake
import RecordLog
import Rules
import SiteConfiguration
import Timekeeping

/// What ``IntakeMachine`` has decided and ``Intake`` is to do. One that needs the journal is void where the journal has
/// failed since: that was reported, and the machine counts on it.
enum IntakeAction: Equatable, Sendable {
    // MARK: The journal

    /// Append a record of the daemon's own. `isFirst`: a segment with room is to be made sure of before; where that
    /// fails, report ``IntakeMachine/failed(_:from:boot:)``.
    case append(SystemRecord, stamp: Instant, isFirst: Bool)
    /// Append what a person has put in, which waits under this ticket; as ``append(_:stamp:isFirst:)``.
    case appendEntry(ticket: UInt64, stamp: Instant, isFirst: Bool)
    /// The journal cannot take what waits under these: tell whoever put it in.
    case refuseEntries([UInt64])
    /// Hand what was appended to the operating system; report ``IntakeMachine/written(at:)`` or the failure.
    case write
    /// Make it durable; report ``IntakeMachine/synced(at:)`` or the failure.
    case sync
    /// The acknowledgements of what was received may leave now. A commit that ends without this acknowledges nothing.
    case acknowledge
    /// Step the pipeline over what was stored; report ``IntakeMachine/stepped(_:publisher:at:)``.
    case step
    /// The journal has failed: cut back what was not stepped over, and give the writer up.
    case abandon(JournalError)
    /// Open the journal again in a new segment, whose records have at least this number; report
    /// ``IntakeMachine/opened(at:)`` or ``IntakeMachine/openFailed(boot:)``.
    case open(atLeast: Int64)
    /// The journal stores again.
    case resume
    case close

    // MARK: Behind the journal

    /// Hand the changes of the last step to the ledger, and that its records are applied.
    case handOver(applied: Int64)
    /// Hand the pipeline's state over, to be kept once the ledger has what made it.
    case snapshot(record: Int64)

    // MARK: The broker

    case publish(Actuation)
    /// Publish what undoes an actuation; report ``IntakeMachine/releaseFailed(_:)`` where it cannot even be queued.
    case release(topic: String, payload: String)
    /// Publish a probe; report ``IntakeMachine/probeSent(_:isOut:boot:)``.
    case probe(String)
    /// End the connection, and make a new one.
    case restart

    // MARK: What others are to know

    case reportConnected(Bool)
    /// The broker has granted every filter: remember which they are …
    case rememberFilters
    /// … and that nothing is known any more of what the broker has.
    case forgetFilters
    case saveSilences
    case raise(Fault)
    /// Ends a fault, where it stands.
    case clear(Fault)
    case log(Line)

    /// What the intake finds wrong with the session.
    enum Fault: Equatable, Sendable {
        case filterRefused(String)
        case feedSilent(topic: String)
        /// Another client takes the id away, of the intake or of the publisher.
        case contested(isOut: Bool)
        case probeFails
    }

    /// What is worth a line of the log, and no more.
    enum Line: Equatable, Sendable {
        case connected(isResumed: Bool)
        case disconnected(reason: String)
        case settled
        case unsettled
        case blind
        case probeMadeAnew
        case clockSet(BoxClock.Step)
        case actuationLate(topic: String)
    }
}
