// The one way in which a method of a socket waits.
//
// A socket without a timeout is a blocking descriptor; threads other than the main one just call, and the system waits.
// The main thread must not sleep in such a call: a signal that comes between the last test and the sleep would be noticed
// only when data come. So it asks without waiting (MSG_DONTWAIT where there is such a flag, else a poll before) and then waits in
// `blockingPoll`, which loses no signal. A socket with a timeout has a non-blocking descriptor; everybody asks, then polls
// until the deadline. Interrupted calls go on with what is left of the time (PEP 475).

import CLadonNetwork
import Glibc
import LadonLibrary

/// MSG_DONTWAIT: an enumeration in C.
let messageDontWait: Int32 = 0x40

/// What one operation has until it fails.
struct SocketWait {
    let timeout: Int
    /// Monotonic; nil: for ever.
    let deadline: UInt64?

    /// `flags` of the message: MSG_DONTWAIT on a blocking socket is a wish not to wait.
    init(_ timeout: Int, _ flags: Int32 = 0) {
        self.timeout = timeout < 0 && flags & messageDontWait != 0 ? 0 : timeout
        deadline = timeout > 0 ? LadonLibrary.deadline(after: timeout) : nil
    }
}

/// Waits until `fd` is ready. False: raised (timed out, or a signal's handler raised).
@inline(never)
func waitReady(_ t: Thread, _ fd: Int32, _ events: Int16, _ wait: SocketWait) -> Bool {
    var entry = pollfd(fd: fd, events: events, revents: 0)
    let n = pollReady(t, &entry, 1, wait.deadline)
    if n == 0 { raise(t, .timeoutError, "timed out") }
    return n > 0
}

/// Whether the descriptor itself doesn't block, although the object thinks so: the error is shown then.
private func isNonBlocking(_ fd: Int32) -> Bool { fcntl(fd, F_GETFL) & O_NONBLOCK != 0 }

/// Runs a call that takes message flags: `body` gets the descriptor and MSG_DONTWAIT or 0. `isPatient`: the system is to wait within
/// the call in any case. The result, or -1: raised.
@inline(__always)
func onSocket(_ t: Thread, _ v: Value, _ events: Int32, _ wait: SocketWait, isPatient: Bool = false, _ body: (Int32, Int32) -> Int) -> Int {
    let waits = isPatient || (wait.timeout < 0 && t.pointee.isMain == 0)
    while true {
        let fd = v.asSocket.currentFD
        let n: Int = waits ? blocking(t) { body(fd, 0) } : withoutWaiting(t) { body(fd, messageDontWait) }
        if n >= 0 { return n }
        if !shallRetry(t, fd, ladon_errno(), Int16(events), wait) { return -1 }
    }
}

/// After a call failed: waits if that is what it takes. False: raised.
@inline(never)
func shallRetry(_ t: Thread, _ fd: Int32, _ code: Int32, _ events: Int16, _ wait: SocketWait) -> Bool {
    if code == EINTR { return safepoint(t) }
    if code != EAGAIN || wait.timeout == 0 || (wait.timeout < 0 && isNonBlocking(fd)) {
        raiseOSError(t, code)
        return false
    }
    return waitReady(t, fd, events, wait)
}

/// The same for accept, which has no such flag.
func acceptConnection(_ t: Thread, _ v: Value, _ address: UnsafeMutablePointer<sockaddr_storage>, _ length: UnsafeMutablePointer<socklen_t>) -> Int32 {
    let wait = SocketWait(v.asSocket.currentTimeout)
    let full = length.pointee
    let pollsFirst = wait.timeout < 0 && t.pointee.isMain != 0
    while true {
        let fd = v.asSocket.currentFD
        if pollsFirst && fd >= 0 && !isNonBlocking(fd) && !waitReady(t, fd, Int16(POLLIN), wait) { return -1 }
        length.pointee = full
        let n: Int32 = blocking(t) { ladon_accept(fd, address, length, Int32(socketCloseOnExec)) }
        if n >= 0 { return n }
        if !shallRetry(t, fd, ladon_errno(), Int16(POLLIN), wait) { return -1 }
    }
}

/// connect: 0, an errno, or -1: raised.
func connectSocket(_ t: Thread, _ v: Value, _ address: UnsafePointer<sockaddr_storage>, _ length: socklen_t) -> Int32 {
    let wait = SocketWait(v.asSocket.currentTimeout)
    let fd = v.asSocket.currentFD
    let r: Int32 = blocking(t) { ladon_connect(fd, address, length) }
    if r == 0 { return 0 }
    let code = ladon_errno()
    var waits = false
    if code == EINTR {
        // The attempt goes on in the background.
        if !safepoint(t) { return -1 }
        waits = wait.timeout != 0
    } else {
        waits = code == EINPROGRESS && wait.timeout > 0
    }
    if !waits { return code }
    if !waitReady(t, fd, Int16(POLLOUT), wait) { return -1 }
    guard let outcome = socketOption(fd, SO_ERROR) else { return ladon_errno() }
    return outcome == EISCONN ? 0 : outcome
}
