// The module `marshal`.

public func marshalModule() -> ModuleDefinition {
    ModuleDefinition("marshal", doc: "This module contains functions that can read and write Python values in\na binary format.", members: [
        .method("dump", "(value, file, version=4, /)", { t, a in
            guard let version = asInt32(t, a[2]) else { return .raised }
            let data = marshalDump(t, a[0], version: Int(version))
            return data.isRaised ? data : callMethod(t, a[1], .write, data)
        }, "Write the value on the open file."),
        .method("dumps", "(value, version=4, /)", { t, a in
            guard let version = asInt32(t, a[1]) else { return .raised }
            return marshalDump(t, a[0], version: Int(version))
        }, "Return the bytes object that would be written to a file by dump(value, file)."),
        .method("load", "(file, /)", { t, a in
            // What lies behind the value in the file is not read.
            let probe = callMethod(t, a[0], .read, .zero)
            if probe.isRaised { return probe }
            if !isInstanceOf(probe, .bytes) { return raise(t, .typeError, "file.read() returned not bytes but \(typeName(probe))") }
            var reader = MarshalReader(t, file: a[0])
            return reader.read(t)
        }, "Read one value from the open file and return it."),
        .method("loads", "(bytes, /)", { t, a in marshalLoad(t, a[0]) }, "Convert the bytes-like object to a value."),
        .constant("version", { t, a in Value(smallInt: 4) }),
    ])
}

func marshalDump(_ t: Thread, _ v: Value, version: Int) -> Value {
    var writer = MarshalWriter(t, version: version)
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
