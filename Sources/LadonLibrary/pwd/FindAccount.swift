// The look-up that `pwd` and `grp` share.

import Glibc

/// Runs a reentrant look-up (getpwnam_r and its kin) detached, with growing memory, and makes the entry of the record that
/// it filled. `.missing`: there is none.
func findAccount<Record>(_ t: Thread, _ empty: Record, _ entry: (Thread, Record) -> Value,
                         _ look: (UnsafeMutablePointer<Record>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<Record>?>) -> Int32) -> Value {
    var size = 1024
    while true {
        let storage = newBytes(t, count: size)
        let memory = UnsafeMutableRawPointer(storage.bytesData).assumingMemoryBound(to: CChar.self)
        var record = empty
        var found: UnsafeMutablePointer<Record>?
        let code: Int32 = blocking(t) { look(&record, memory, size, &found) }
        if code == ERANGE && size < 1 << 24 {
            size *= 2
            continue
        }
        if found == nil { return .missing }
        let r = entry(t, record)
        storage.keepAlive
        return r
    }
}
