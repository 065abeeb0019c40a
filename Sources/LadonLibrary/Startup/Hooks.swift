// What the heap and the threads call back: finalisers, weak reference callbacks, MemoryError, asynchronous exceptions.

func installHooks() {
    ladonHooks.raiseMemoryError = { t in raiseMemoryError(t!); return false }
    ladonHooks.raiseAsyncException = { t in
        let t = t!
        let e = t.pointee.asyncException
        t.pointee.asyncException = .raised
        raiseValue(t, e)
        return false
    }
    ladonHooks.threadStarted = { t in initializeFrames(t!) }
}
