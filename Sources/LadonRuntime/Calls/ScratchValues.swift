// Values aside, for as long as a function runs: a call's arguments laid out anew, an MRO in the making.
//
// What must hold: the collector sees them. It looks at native stacks, and Swift's temporary allocations lie there up to a
// kilobyte; larger ones are malloc'ed, where it doesn't look. So those are storage cells here.

private let mostOnStack = 1024 / 8

/// Runs `body` with room for `count` values, which it fills. `failed` when there is no memory: MemoryError has been raised.
@inline(__always)
public func withScratch<Result>(_ t: Thread, _ count: Int, failed: @autoclosure () -> Result, _ body: (Values) -> Result) -> Result {
    if count <= mostOnStack {
        return withUnsafeTemporaryAllocation(of: Value.self, capacity: max(count, 1)) { buffer -> Result in
            let values = buffer.baseAddress.unsafelyUnwrapped
            let result = body(values)
            ladon_keep_alive(Value(bits: UInt(bitPattern: values)))
            return result
        }
    }
    let storage = makeStorage(t, capacity: count)
    if storage.isRaised { return failed() }
    let result = body(storage.storageItems)
    ladon_keep_alive(storage)
    return result
}
