// The module `marshal`.

public func marshalModule() -> ModuleDefinition {
    ModuleDefinition("marshal", doc: "This module contains functions that can read and write Python values in\na binary format.", members: [
        .method("dump", "(value, file, version=4, /)", { t, a in
            let data = marshalDump(t, a[0])
            return data.isRaised ? data : callMethod(t, a[1], .write, data)
        }, "Write the value on the open file."),
        .method("dumps", "(value, version=4, /)", { t, a in marshalDump(t, a[0]) }, "Return the bytes object that would be written to a file by dump(value, file)."),
        .method("load", "(file, /)", { t, a in
            let data = callMethod(t, a[0], .read)
            return data.isRaised ? data : marshalLoad(t, data)
        }, "Read one value from the open file and return it."),
        .method("loads", "(bytes, /)", { t, a in marshalLoad(t, a[0]) }, "Convert the bytes-like object to a value."),
        .constant("version", { t, a in Value(smallInt: 4) }),
    ])
}

func marshalDump(_ t: Thread, _ v: Value) -> Value {
    var writer = MarshalWriter()
    if !writer.write(t, v) { return .raised }
    return writer.bytes.withUnsafeBytes { makeBytes(t, $0.baseAddress!, $0.count) }
}

func marshalLoad(_ t: Thread, _ v: Value) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer, writable: false) < 0 { return .raised }
    let base = buffer.data ?? UnsafeMutableRawPointer(bitPattern: 8)!
    var reader = MarshalReader(t, UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), Int(buffer.length))
    let r = reader.read(t)
    releaseBuffer(t, &buffer)
    return r
}
