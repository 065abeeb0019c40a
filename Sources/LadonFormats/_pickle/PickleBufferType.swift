// PickleBuffer: a borrowed buffer that a pickle may leave out.

import LadonLibrary

struct PickleBufferCell {
    var header: CellHeader
    /// A memoryview that holds the buffer; 0 after release.
    var view: Value
    /// Whose buffer it is.
    var object: Value
    // raw
    var reserved: Int
}

func pickleBufferDefinition() -> TypeDefinition {
    TypeDefinition(nil, "pickle.PickleBuffer", flags: [.weakReferenceable], doc: "Wrapper for potentially out-of-band buffers", signature: "(object)",
                   size: MemoryLayout<PickleBufferCell>.size, layout: Layout(prefix: 2, base: 4),
                   slots: [
                       .call(.new, pickleBuffer_new), .ternary(.getBuffer, pickleBuffer_getBuffer), .ternary(.releaseBuffer, pickleBuffer_releaseBuffer),
                   ],
                   members: [
                       .method("raw", "(self, /)", pickleBuffer_raw,
                               "Return a memoryview of the raw memory underlying this buffer.\n\nWill raise BufferError is the buffer isn't contiguous."),
                       .method("release", "(self, /)", pickleBuffer_release, "Release the underlying buffer exposed by the PickleBuffer object."),
                   ])
}

private nonisolated(unsafe) var newSignature: SignaturePointer?

private func pickleBuffer_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !noKeywords(t, "PickleBuffer", names) || !checkPositional(t, "PickleBuffer", n, 1, 1) { return .raised }
    let object = a.unsafelyUnwrapped[0]
    var buffer = LadonBuffer()
    if getBuffer(t, object, &buffer, flags: LADON_BUFFER_FULL_RO) < 0 { return .raised }
    let view = makeMemoryView(t, &buffer)
    if view.isRaised { return view }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    let c = v.cell(as: PickleBufferCell.self)
    c.pointee.view = view
    c.pointee.object = object
    return v
}

private func released(_ t: Thread) -> Value { raise(t, .valueError, "operation forbidden on released PickleBuffer object") }

/// Whether the items lie side by side, in C or Fortran order.
func bufferIsContiguous(_ b: LadonBuffer) -> Bool {
    guard let strides = b.strides, b.length > 0 else { return true }
    let n = Int(b.dimensions)
    if n == 0 { return true }
    func steps(_ order: (Int) -> Int) -> Bool {
        var step = Int(b.itemSize)
        for k in 0..<n {
            let i = order(k)
            let count = b.shape.map { $0[i] } ?? (b.itemSize > 0 ? b.length / b.itemSize : 0)
            if count > 1 && strides[i] != step { return false }
            step &*= count
        }
        return true
    }
    return steps { n - 1 - $0 } || steps { $0 }
}

private func pickleBuffer_raw(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: PickleBufferCell.self)
    if loadSlot(&c.pointee.view).bits == 0 { return released(t) }
    var buffer = LadonBuffer()
    if getBuffer(t, c.pointee.object, &buffer, flags: LADON_BUFFER_FULL_RO) < 0 { return .raised }
    if !bufferIsContiguous(buffer) {
        releaseBuffer(t, &buffer)
        return raise(t, .bufferError, "cannot extract raw buffer from non-contiguous buffer")
    }
    buffer.itemSize = 1
    buffer.format = nil
    buffer.dimensions = 1
    buffer.shape = nil
    buffer.strides = nil
    return makeMemoryView(t, &buffer)
}

private func pickleBuffer_release(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: PickleBufferCell.self)
    let view = loadSlot(&c.pointee.view)
    if view.bits == 0 { return .none }
    storeSlot(&c.pointee.view, .raised)
    return callMethod(t, view, internStatic(t, "release")).isRaised ? .raised : .none
}

private func pickleBuffer_getBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let c = v.cell(as: PickleBufferCell.self)
    if loadSlot(&c.pointee.view).bits == 0 { return released(t) }
    // The object's own buffer is handed out, so that it is the one that learns of the release.
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    var given = LadonBuffer()
    if getBuffer(t, c.pointee.object, &given, flags: flags.smallInt) < 0 { return .raised }
    out.pointee = given
    return .none
}

private func pickleBuffer_releaseBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ unused: Value) -> Value { .none }
