// Exceptions that nobody can catch: those of finalisers, callbacks and ending threads.

/// Shows an exception that can't be raised. Set at start by the layer that prints tracebacks; arguments: the exception,
/// the object concerned or None, and the sentence to begin with or None ("Exception ignored in").
nonisolated(unsafe) public var unraisableReporter: (@convention(c) (Thread, _ exception: Value, _ object: Value, _ message: Value) -> Void)?

/// Takes the exception being raised and reports it through `sys.unraisablehook`. Nothing is raised afterwards.
public func reportUnraisable(_ t: Thread, _ object: Value, _ message: String? = nil) {
    let e = takeException(t)
    if e.bits == 0 { return }
    let text = message.map { makeString(t, $0) } ?? .none
    unraisableReporter?(t, e, object, text)
    clearException(t)
}
