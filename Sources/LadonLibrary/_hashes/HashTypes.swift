// The Python side of the hash functions: objects with update, digest, hexdigest and copy, and the modules
// `_md5`, `_sha1`, `_sha256`, `_sha512`, `_sha3` and `_blake2`.

import Glibc
import LadonTypes

struct HashCell {
    var header: CellHeader
    /// A NativeMutex around the state.
    var mutex: UInt32
    var unused: UInt32
    var state: HashState
}

/// Data from this length on are taken in detached, so that other threads run meanwhile.
private let detachedLength = 2048

/// The type of each algorithm's objects; made with its module and never freed.
nonisolated(unsafe) private let hashTypes: UnsafeMutablePointer<TypePointer?> = {
    let p = UnsafeMutablePointer<TypePointer?>.allocate(capacity: 16)
    p.initialize(repeating: nil, count: 16)
    return p
}()

@inline(__always) private func hashCell(_ v: Value) -> UnsafeMutablePointer<HashCell> { v.cell(as: HashCell.self) }
@inline(__always) private func statePointer(_ v: Value) -> UnsafeMutablePointer<HashState> {
    (v.cell + MemoryLayout<HashCell>.offset(of: \HashCell.state).unsafelyUnwrapped).assumingMemoryBound(to: HashState.self)
}
private func mutex(_ v: Value) -> NativeMutex { NativeMutex(v.cell + MemoryLayout<HashCell>.offset(of: \HashCell.mutex).unsafelyUnwrapped) }

private func acquire(_ t: Thread, _ v: Value) { mutex(v).acquireUninterrupted(t) }

/// The contiguous bytes of an argument. False: raised.
private func hashInput(_ t: Thread, _ v: Value, _ buffer: inout LadonBuffer) -> Bool {
    if v.isCell && v.isStr { raise(t, .typeError, "Strings must be encoded before hashing"); return false }
    if !supportsBuffer(v) { raise(t, .typeError, "object supporting the buffer API required"); return false }
    return getBuffer(t, v, &buffer, writable: false) >= 0
}

/// False: raised.
private func feed(_ t: Thread, _ v: Value, _ data: Value) -> Bool {
    var buffer = LadonBuffer()
    if !hashInput(t, data, &buffer) { return false }
    let length = Int(buffer.length)
    if length > 0, let base = buffer.data {
        let p = UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
        let s = statePointer(v)
        acquire(t, v)
        if length >= detachedLength { blocking(t) { hashUpdate(s, p, length) } } else { hashUpdate(s, p, length) }
        mutex(v).release(t)
        v.keepAlive
    }
    releaseBuffer(t, &buffer)
    return true
}

private func newHash(_ t: Thread, _ algorithm: HashAlgorithm) -> Value {
    guard let type = hashTypes[Int(algorithm.rawValue)] else { return raise(t, .systemError, "hash type not ready") }
    let v = allocateInstance(t, type, variableItems: 0)
    if v.isRaised { return v }
    hashStart(statePointer(v), algorithm)
    return v
}

private func makeHash(_ t: Thread, _ algorithm: HashAlgorithm, _ data: Value) -> Value {
    let v = newHash(t, algorithm)
    if v.isRaised || data.isMissing { return v }
    return feed(t, v, data) ? v : .raised
}

// MARK: methods

private func hash_update(_ t: Thread, _ a: Values) -> Value { feed(t, a[0], a[1]) ? .none : .raised }

private func hash_copy(_ t: Thread, _ a: Values) -> Value {
    let copy = allocateInstance(t, typeOf(a[0]), variableItems: 0)
    if copy.isRaised { return copy }
    acquire(t, a[0])
    memcpy(statePointer(copy), statePointer(a[0]), MemoryLayout<HashState>.size)
    mutex(a[0]).release(t)
    return copy
}

/// The digest of what went in so far: bytes, or text in hexadecimal.
private func result(_ t: Thread, _ v: Value, _ count: Int, hex: Bool) -> Value {
    let bytes = newBytesChecked(t, count)
    if bytes.isRaised { return bytes }
    withUnsafeTemporaryAllocation(of: HashState.self, capacity: 1) { space in
        let copy = space.baseAddress.unsafelyUnwrapped
        acquire(t, v)
        memcpy(copy, statePointer(v), MemoryLayout<HashState>.size)
        mutex(v).release(t)
        hashFinish(copy, bytes.bytesData, count)
    }
    bytes.keepAlive
    return hex ? hexText(t, bytes) : bytes
}

private func hexText(_ t: Thread, _ bytes: Value) -> Value {
    let n = bytes.bytesCount
    let text = newString(t, kind: 1, count: n * 2, ascii: true)
    if text.isRaised || n == 0 { return text }
    let from = bytes.bytesData, to = text.strBytes
    func digit(_ x: UInt8) -> UInt8 { x < 10 ? 48 + x : 87 + x }
    for i in 0..<n {
        to[2 * i] = digit(from[i] >> 4)
        to[2 * i + 1] = digit(from[i] & 15)
    }
    bytes.keepAlive
    return text
}

private func hash_digest(_ t: Thread, _ a: Values) -> Value { result(t, a[0], Int(statePointer(a[0]).pointee.digestSize), hex: false) }
private func hash_hexdigest(_ t: Thread, _ a: Values) -> Value { result(t, a[0], Int(statePointer(a[0]).pointee.digestSize), hex: true) }

private func shakeResult(_ t: Thread, _ a: Values, hex: Bool) -> Value {
    let n = index(t, a[1])
    if n.isRaised { return n }
    if intSign(n) < 0 { return raise(t, .valueError, "value must be positive") }
    guard let count = intAsWord(n) else { return raise(t, .overflowError, "int too big to convert") }
    if count >= 1 << 29 { return raise(t, .valueError, "length is too large") }
    return result(t, a[0], count, hex: hex)
}

private let copyDoc: StaticString = "Return a copy of the hash object."
private let digestDoc: StaticString = "Return the digest value as a bytes object."
private let hexdigestDoc: StaticString = "Return the digest value as a string of hexadecimal digits."

private func commonMembers(_ updateSignature: StaticString, _ updateDoc: StaticString) -> [NativeMember] {
    [
        .method("copy", "(self, /)", hash_copy, copyDoc),
        .method("update", updateSignature, hash_update, updateDoc),
        .attribute("block_size", get: { t, a in Value(smallInt: statePointer(a[0]).pointee.algorithm.blockSize) }),
        .attribute("name", get: { t, a in internStatic(t, statePointer(a[0]).pointee.algorithm.label) }),
        .attribute("digest_size", get: { t, a in Value(smallInt: Int(statePointer(a[0]).pointee.digestSize)) }),
    ]
}

private func plainMembers() -> [NativeMember] {
    commonMembers("(self, obj, /)", "Update this hash object's state with the provided string.") + [
        .method("digest", "(self, /)", hash_digest, digestDoc),
        .method("hexdigest", "(self, /)", hash_hexdigest, hexdigestDoc),
    ]
}

private func makeHashType(_ t: Thread, _ module: Value, _ attribute: StaticString, _ algorithm: HashAlgorithm, _ definition: TypeDefinition) -> Bool {
    hashTouchTables()
    var definition = definition
    definition.size = MemoryLayout<HashCell>.size
    definition.layout = .leaf
    let type = installType(t, definition)
    makeImmortal(type.value)
    hashTypes[Int(algorithm.rawValue)] = type
    return dictSet(t, module.cell(as: ModuleCell.self).pointee.dict, internStatic(t, attribute), type.value) >= 0
}

// MARK: MD5, SHA-1, SHA-2

private let constructorSignature: StaticString = "(string=b'', *, usedforsecurity=True)"

public func md5Module() -> ModuleDefinition {
    ModuleDefinition("_md5", members: [
        .method("md5", constructorSignature, { t, a in makeHash(t, .md5, a[0]) }, "Return a new MD5 hash object; optionally initialized with a string."),
    ], initialize: { t, a in
        makeHashType(t, a[0], "MD5Type", .md5, TypeDefinition(nil, "_md5.md5", flags: [.disallowInstantiation], members: plainMembers())) ? .none : .raised
    })
}

public func sha1Module() -> ModuleDefinition {
    ModuleDefinition("_sha1", members: [
        .method("sha1", constructorSignature, { t, a in makeHash(t, .sha1, a[0]) }, "Return a new SHA1 hash object; optionally initialized with a string."),
    ], initialize: { t, a in
        makeHashType(t, a[0], "SHA1Type", .sha1, TypeDefinition(nil, "_sha1.sha1", flags: [.disallowInstantiation], members: plainMembers())) ? .none : .raised
    })
}

public func sha256Module() -> ModuleDefinition {
    ModuleDefinition("_sha256", members: [
        .method("sha256", constructorSignature, { t, a in makeHash(t, .sha256, a[0]) }, "Return a new SHA-256 hash object; optionally initialized with a string."),
        .method("sha224", constructorSignature, { t, a in makeHash(t, .sha224, a[0]) }, "Return a new SHA-224 hash object; optionally initialized with a string."),
    ], initialize: { t, a in
        makeHashType(t, a[0], "SHA256Type", .sha256, TypeDefinition(nil, "_sha256.sha256", flags: [.disallowInstantiation], members: plainMembers()))
            && makeHashType(t, a[0], "SHA224Type", .sha224, TypeDefinition(nil, "_sha256.sha224", flags: [.disallowInstantiation], members: plainMembers()))
            ? .none : .raised
    })
}

public func sha512Module() -> ModuleDefinition {
    ModuleDefinition("_sha512", members: [
        .method("sha512", constructorSignature, { t, a in makeHash(t, .sha512, a[0]) }, "Return a new SHA-512 hash object; optionally initialized with a string."),
        .method("sha384", constructorSignature, { t, a in makeHash(t, .sha384, a[0]) }, "Return a new SHA-384 hash object; optionally initialized with a string."),
    ], initialize: { t, a in
        makeHashType(t, a[0], "SHA512Type", .sha512, TypeDefinition(nil, "_sha512.sha512", flags: [.disallowInstantiation], members: plainMembers()))
            && makeHashType(t, a[0], "SHA384Type", .sha384, TypeDefinition(nil, "_sha512.sha384", flags: [.disallowInstantiation], members: plainMembers()))
            ? .none : .raised
    })
}

// MARK: SHA-3

private func spongeMembers(_ construct: @escaping NativeFunction, shake: Bool) -> [NativeMember] {
    var members = commonMembers("(self, data, /)", "Update this hash object's state with the provided bytes-like object.")
    members.append(.staticMethod("__new__", "(cls, data=b'', /, *, usedforsecurity=True)", construct))
    if shake {
        members.append(.method("digest", "(self, length, /)", { t, a in shakeResult(t, a, hex: false) }, digestDoc))
        members.append(.method("hexdigest", "(self, length, /)", { t, a in shakeResult(t, a, hex: true) }, hexdigestDoc))
    } else {
        members.append(.method("digest", "(self, /)", hash_digest, digestDoc))
        members.append(.method("hexdigest", "(self, /)", hash_hexdigest, hexdigestDoc))
    }
    members.append(.attribute("_capacity_bits", get: { t, a in Value(smallInt: 1600 - statePointer(a[0]).pointee.algorithm.blockSize * 8) }))
    members.append(.attribute("_rate_bits", get: { t, a in Value(smallInt: statePointer(a[0]).pointee.algorithm.blockSize * 8) }))
    members.append(.attribute("_suffix", get: { t, a in
        var suffix = statePointer(a[0]).pointee.algorithm.suffix
        return makeBytes(t, &suffix, 1)
    }))
    return members
}

public func sha3Module() -> ModuleDefinition {
    ModuleDefinition("_sha3", members: [
        .constant("implementation", { t, a in makeString(t, "ladon") }),
        .constant("keccakopt", { t, a in Value(smallInt: 64) }),
    ], initialize: { t, a in
        func sha3(_ label: StaticString, _ name: StaticString, _ algorithm: HashAlgorithm, _ doc: StaticString, _ construct: @escaping NativeFunction) -> Bool {
            let shake = algorithm == .shake128 || algorithm == .shake256
            return makeHashType(t, a[0], label, algorithm, TypeDefinition(nil, name, doc: doc, members: spongeMembers(construct, shake: shake)))
        }
        let shakeText: StaticString = "shake_128([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."
        let shakeText2: StaticString = "shake_256([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."
        if sha3("sha3_224", "_sha3.sha3_224", .sha3_224, "sha3_224([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 28 bytes.", { t, a in makeHash(t, .sha3_224, a[1]) }),
           sha3("sha3_256", "_sha3.sha3_256", .sha3_256, "sha3_256([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 32 bytes.", { t, a in makeHash(t, .sha3_256, a[1]) }),
           sha3("sha3_384", "_sha3.sha3_384", .sha3_384, "sha3_384([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 48 bytes.", { t, a in makeHash(t, .sha3_384, a[1]) }),
           sha3("sha3_512", "_sha3.sha3_512", .sha3_512, "sha3_512([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 64 bytes.", { t, a in makeHash(t, .sha3_512, a[1]) }),
           sha3("shake_128", "_sha3.shake_128", .shake128, shakeText, { t, a in makeHash(t, .shake128, a[1]) }),
           sha3("shake_256", "_sha3.shake_256", .shake256, shakeText2, { t, a in makeHash(t, .shake256, a[1]) }) { return .none }
        return .raised
    })
}

// MARK: BLAKE2

/// The parameters of RFC 7693 with the tree parameters of the BLAKE2 paper, mixed into the start words.
private func makeBlake2(_ t: Thread, _ algorithm: HashAlgorithm, _ a: Values) -> Value {
    // cls, data, digest_size, key, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node
    let wide = algorithm == .blake2b
    let longest = algorithm.digestSize
    let saltSize = wide ? 16 : 8
    func number(_ v: Value, _ missing: Int) -> Int? { v.isMissing ? missing : asInt32(t, v).map { Int($0) } }
    guard let digestSize = number(a[2], longest) else { return .raised }
    guard let fanout = number(a[6], 1), let depth = number(a[7], 1) else { return .raised }
    func unsigned(_ v: Value) -> UInt64? {
        if v.isMissing { return 0 }
        if !isInt(v) { raise(t, .typeError, "an integer is required"); return nil }
        let n = plainInt(v)
        if intSign(n) < 0 { raise(t, .valueError, "value must be positive"); return nil }
        guard let word = intAsUnsignedWord(n) else { raise(t, .overflowError, "int too big to convert"); return nil }
        return UInt64(word)
    }
    guard let nodeDepth = number(a[10], 0), let innerSize = number(a[11], 0) else { return .raised }
    let lastNode = a[12].isMissing ? 0 : isTrue(t, a[12])
    if lastNode < 0 { return .raised }
    if digestSize <= 0 || digestSize > longest { return raise(t, .valueError, "digest_size must be between 1 and \(longest) bytes") }

    let v = newHash(t, algorithm)
    if v.isRaised { return v }
    let failed: Value? = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 192) { space -> Value? in
        let block = space.baseAddress.unsafelyUnwrapped
        let key = block + 64
        memset(block, 0, 192)
        /// Copies a short argument. -1: raised.
        func short(_ v: Value, _ what: String, _ limit: Int, _ to: UnsafeMutablePointer<UInt8>) -> Int {
            if v.isMissing { return 0 }
            var buffer = LadonBuffer()
            if getBuffer(t, v, &buffer, writable: false) < 0 { return -1 }
            defer { releaseBuffer(t, &buffer) }
            let n = Int(buffer.length)
            if n > limit { raise(t, .valueError, "maximum \(what) length is \(limit) bytes"); return -1 }
            if n > 0 { memcpy(to, buffer.data, n) }
            return n
        }
        // Where salt and person stand; the fields before them differ in width.
        let saltAt = wide ? 32 : 16
        if short(a[4], "salt", saltSize, block + saltAt) < 0 || short(a[5], "person", saltSize, block + saltAt + saltSize) < 0 { return .raised }
        if fanout < 0 || fanout > 255 { return raise(t, .valueError, "fanout must be between 0 and 255") }
        if depth <= 0 || depth > 255 { return raise(t, .valueError, "depth must be between 1 and 255") }
        guard let leafSize = unsigned(a[8]) else { return .raised }
        if leafSize > 0xffff_ffff { return raise(t, .overflowError, "leaf_size is too large") }
        guard let nodeOffset = unsigned(a[9]) else { return .raised }
        if !wide && nodeOffset > 0xffff_ffff_ffff { return raise(t, .overflowError, "node_offset is too large") }
        if nodeDepth < 0 || nodeDepth > 255 { return raise(t, .valueError, "node_depth must be between 0 and 255") }
        if innerSize < 0 || innerSize > longest { return raise(t, .valueError, "inner_size must be between 0 and is \(longest)") }
        let keyLength = short(a[3], "key", longest, key)
        if keyLength < 0 { return .raised }
        block[0] = UInt8(digestSize)
        block[1] = UInt8(keyLength)
        block[2] = UInt8(fanout)
        block[3] = UInt8(depth)
        for i in 0..<4 { block[4 + i] = UInt8(truncatingIfNeeded: leafSize >> UInt64(8 * i)) }
        for i in 0..<(wide ? 8 : 6) { block[8 + i] = UInt8(truncatingIfNeeded: nodeOffset >> UInt64(8 * i)) }
        block[wide ? 16 : 14] = UInt8(nodeDepth)
        block[wide ? 17 : 15] = UInt8(innerSize)
        let s = statePointer(v)
        let raw = UnsafeRawPointer(block)
        for i in 0..<8 {
            s.words[i] ^= wide ? raw.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self) : UInt64(raw.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self))
        }
        s.pointee.digestSize = UInt8(digestSize)
        s.pointee.isLastNode = lastNode == 1
        // A key is a first block of its own, filled up with zeros.
        if keyLength > 0 { hashUpdate(s, key, algorithm.blockSize) }
        return nil
    }
    if let failed { return failed }
    if a[1].isMissing { return v }
    return feed(t, v, a[1]) ? v : .raised
}

private func blakeMembers(_ construct: @escaping NativeFunction, wide: Bool) -> [NativeMember] {
    commonMembers("(self, data, /)", "Update this hash object's state with the provided bytes-like object.") + [
        .staticMethod("__new__", "(cls, data=b'', /, *, digest_size=<unrepresentable>, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)", construct),
        .method("digest", "(self, /)", hash_digest, digestDoc),
        .method("hexdigest", "(self, /)", hash_hexdigest, hexdigestDoc),
        .constant("SALT_SIZE", wide ? { t, a in Value(smallInt: 16) } : { t, a in Value(smallInt: 8) }),
        .constant("PERSON_SIZE", wide ? { t, a in Value(smallInt: 16) } : { t, a in Value(smallInt: 8) }),
        .constant("MAX_KEY_SIZE", wide ? { t, a in Value(smallInt: 64) } : { t, a in Value(smallInt: 32) }),
        .constant("MAX_DIGEST_SIZE", wide ? { t, a in Value(smallInt: 64) } : { t, a in Value(smallInt: 32) }),
    ]
}

public func blake2Module() -> ModuleDefinition {
    ModuleDefinition("_blake2", doc: "_blake2b provides BLAKE2b for hashlib\n", members: [
        .constant("BLAKE2B_SALT_SIZE", { t, a in Value(smallInt: 16) }),
        .constant("BLAKE2B_PERSON_SIZE", { t, a in Value(smallInt: 16) }),
        .constant("BLAKE2B_MAX_KEY_SIZE", { t, a in Value(smallInt: 64) }),
        .constant("BLAKE2B_MAX_DIGEST_SIZE", { t, a in Value(smallInt: 64) }),
        .constant("BLAKE2S_SALT_SIZE", { t, a in Value(smallInt: 8) }),
        .constant("BLAKE2S_PERSON_SIZE", { t, a in Value(smallInt: 8) }),
        .constant("BLAKE2S_MAX_KEY_SIZE", { t, a in Value(smallInt: 32) }),
        .constant("BLAKE2S_MAX_DIGEST_SIZE", { t, a in Value(smallInt: 32) }),
    ], initialize: { t, a in
        let wide = TypeDefinition(nil, "_blake2.blake2b", doc: "Return a new BLAKE2b hash object.", members: blakeMembers({ t, a in makeBlake2(t, .blake2b, a) }, wide: true))
        let narrow = TypeDefinition(nil, "_blake2.blake2s", doc: "Return a new BLAKE2s hash object.", members: blakeMembers({ t, a in makeBlake2(t, .blake2s, a) }, wide: false))
        return makeHashType(t, a[0], "blake2b", .blake2b, wide) && makeHashType(t, a[0], "blake2s", .blake2s, narrow) ? .none : .raised
    })
}
