// The memory of a memoryview of another interpreter: an object that exports it, so that a memoryview of this interpreter has
// something to be of, and no object of the other one is reached.

import LadonLibrary

private struct SharedMemoryCell {
    var header: CellHeader
    /// A memoryview of the other interpreter's memory, and the object whose buffer it shows.
    var view: Value
    var exporter: Value
}

nonisolated(unsafe) private var type: TypePointer?

private func cell(_ v: Value) -> UnsafeMutablePointer<SharedMemoryCell> { v.cell(as: SharedMemoryCell.self) }

private func definition() -> TypeDefinition {
    TypeDefinition(nil, "_interpreters.CrossInterpreterBufferView", flags: [.disallowInstantiation], size: MemoryLayout<SharedMemoryCell>.size,
                   layout: Layout(prefix: 2, base: 3), slots: [.ternary(.getBuffer, getShared), .ternary(.releaseBuffer, releaseShared)])
}

/// `view`: a memoryview. 0: raised.
func sharedMemory(_ t: Thread, _ view: Value) -> Value {
    if !view.isCell || !view.isExactly(.memoryview) { return raise(t, .typeError, "expected a memoryview, got \(typeName(view))") }
    if type == nil { type = installType(t, definition()) }
    // A view of our own: the sender may release its.
    let own = makeMemoryView(t, view)
    let v = own.isRaised ? own : allocateInstance(t, type.unsafelyUnwrapped)
    if !v.isRaised { cell(v).pointee.view = own }
    return v
}

/// The buffer is the view's, but in the name of this object.
private func getShared(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    var given = LadonBuffer()
    if getBuffer(t, cell(v).pointee.view, &given, flags: flags.smallInt) < 0 { return .raised }
    storeSlot(&cell(v).pointee.exporter, given.object)
    given.object = v
    out.pointee = given
    return .none
}

private func releaseShared(_ t: Thread, _ v: Value, _ buffer: Value, _ unused: Value) -> Value {
    var given = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped.pointee
    given.object = loadSlot(&cell(v).pointee.exporter)
    if given.object.bits != 0 { releaseBuffer(t, &given) }
    return .none
}
