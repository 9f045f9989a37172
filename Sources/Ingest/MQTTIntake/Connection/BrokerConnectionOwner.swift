/// What a session is told about its connection, and the messages on it. All on the loop's thread.
protocol BrokerConnectionOwner: ClientEvents {
    func didConnect(_ client: Client, sessionPresent: Bool)
    /// A connection ended or an attempt failed. Nothing has been written since the owner's last
    /// ``BrokerConnection/write()``.
    func didDisconnect(_ problem: ConnectionError)
}
