// TextIOWrapper: text over a buffered stream. This file: the cell and how it comes to life.
//
// UTF-8, ASCII and Latin-1 are encoded and decoded here; any other encoding through its incremental codec objects. All state is
// guarded by the stream's lock, which nests: a signal handler may print while its thread prints.

import Glibc

struct TextIOWrapperCell {
    var header: CellHeader
    var dict: Value
    var buffer: Value
    var encoding: Value
    var errors: Value
    /// Incremental codecs; 0 when done natively or not possible.
    var decoder: Value
    var encoder: Value
    /// Decoded text not yet given out (from `decodedUsed` on), or 0.
    var decoded: Value
    /// The native decoder's incomplete input, or 0.
    var tail: Value
    /// The decoder's state before the current chunk: flags, and the bytes that were then fed (a str, if they were ASCII and nobody
    /// has asked for them). 0: no snapshot.
    var snapshotFlags: Value
    var snapshotInput: Value
    /// bytesStorage with encoded text to be written, or 0.
    var pending: Value
    /// `newline` as given: a str or None.
    var newline: Value
    /// The str that chunks are read into, with room for `ownRoom` bytes, as long as nobody else has got it; else 0.
    var ownText: Value
    // raw
    var lock: StreamLock
    var state: Int8
    /// TextCodec of the encoder and decoder.
    var codec: UInt8
    var decodes: Bool
    var encodes: Bool
    var lineBuffering: Bool
    var writeThrough: Bool
    var readUniversal: Bool
    var readTranslate: Bool
    var writeTranslate: Bool
    var hasRead1: Bool
    var isSeekable: Bool
    var isTelling: Bool
    var isFinalizing: Bool
    var startsStream: Bool
    var newlines: NewlineState
    var chunkSize: Int
    var decodedUsed: Int
    var ownRoom: Int
    var pendingCount: Int
    /// Bytes per character of the last chunk, to guess positions.
    var ratio: Double
}

enum TextCodec {
    static let object: UInt8 = 0, utf8: UInt8 = 1, ascii: UInt8 = 2, latin1: UInt8 = 3
}

typealias Wrapper = UnsafeMutablePointer<TextIOWrapperCell>

extension Value {
    @inline(__always) var asWrapper: Wrapper { cell(as: TextIOWrapperCell.self) }
}

extension UnsafeMutablePointer where Pointee == TextIOWrapperCell {
    @inline(__always) var lock: UnsafeMutablePointer<StreamLock> {
        (UnsafeMutableRawPointer(self) + MemoryLayout<TextIOWrapperCell>.offset(of: \TextIOWrapperCell.lock).unsafelyUnwrapped).assumingMemoryBound(to: StreamLock.self)
    }
    /// Characters decoded and not yet given out.
    @inline(__always) var available: Int { pointee.decoded.bits == 0 ? 0 : pointee.decoded.strCount - pointee.decodedUsed }
    func dropDecoded() {
        pointee.decoded = .raised
        pointee.decodedUsed = 0
    }
    func dropSnapshot() {
        pointee.snapshotInput = .raised
        pointee.snapshotFlags = .raised
    }
}

func isWrapper(_ v: Value) -> Bool { v.isCell && typeOf(v).pointee.nativeID == ioTypes.pointee.wrapper.pointee.nativeID }

/// Initialised and attached; ValueError if not.
@inline(__always)
func checkAttached(_ t: Thread, _ w: Wrapper) -> Bool {
    if w.pointee.state > 0 { return true }
    _ = raise(t, .valueError, w.pointee.state < 0 ? "underlying buffer has been detached" : "I/O operation on uninitialized object")
    return false
}

/// Whether the stream below is closed; -1: raised.
func isWrapperClosed(_ t: Thread, _ w: Wrapper) -> Truth {
    let buffer = w.pointee.buffer
    if isPlainBuffered(buffer) && buffer.asBuffered.pointee.state > 0 { return isRawClosed(t, buffer.asBuffered) }
    return attributeTruth(t, buffer, .closed)
}

/// Whether `v` is an open file in the way that nearly every text file is: exactly a TextIOWrapper over exactly one of our buffered
/// streams over exactly a FileIO, so that no Python code has a say. False says nothing.
@inline(__always)
func isOpenFile(_ v: Value) -> Bool {
    let w = v.asWrapper
    if w.pointee.state <= 0 || typeOf(v) != ioTypes.pointee.wrapper { return false }
    let buffer = loadSlot(&w.pointee.buffer)
    if !isBufferedExactly(buffer) { return false }
    let b = buffer.asBuffered
    return b.pointee.state > 0 && b.pointee.isPlainFile && b.pointee.raw.asFile.pointee.fd >= 0
}

/// Attached and open.
@inline(__always)
func checkWrapperOpen(_ t: Thread, _ v: Value) -> Bool { isOpenFile(v) || checkWrapperOpenSlowly(t, v) }

@inline(never)
private func checkWrapperOpenSlowly(_ t: Thread, _ v: Value) -> Bool {
    let w = v.asWrapper
    if !checkAttached(t, w) { return false }
    let closed: Truth
    if typeOf(v) == ioTypes.pointee.wrapper {
        closed = isWrapperClosed(t, w)
    } else {
        closed = attributeTruth(t, v, .closed)
    }
    if closed == 0 { return true }
    if closed > 0 { raiseClosed(t) }
    return false
}

@inline(__always) func enterWrapper(_ t: Thread, _ v: Value) -> Bool { takeStream(t, v.asWrapper.lock, nests: true) }
@inline(__always) func leaveWrapper(_ t: Thread, _ v: Value) { leaveStream(t, v.asWrapper.lock) }

// MARK: encodings

/// The native codec for an encoding's name, or `.object`.
func textCodec(_ encoding: Value) -> UInt8 {
    let count = encoding.strCount
    if !encoding.strIsASCII || count < 4 || count > 11 { return TextCodec.object }
    let p = encoding.strBytes
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 12) { buffer -> UInt8 in
        let out = buffer.baseAddress.unsafelyUnwrapped
        for i in 0..<count {
            let c = p[i]
            out[i] = c &- 65 < 26 ? c | 32 : c == 45 || c == 32 ? 95 : c
        }
        func isText(_ s: StaticString) -> Bool { s.utf8CodeUnitCount == count && memcmp(s.utf8Start, out, count) == 0 }
        if isText("utf_8") || isText("utf8") { return TextCodec.utf8 }
        if isText("ascii") || isText("us_ascii") { return TextCodec.ascii }
        if isText("latin_1") || isText("latin1") || isText("iso_8859_1") || isText("iso8859_1") { return TextCodec.latin1 }
        return TextCodec.object
    }
}

func nativeEncoding(_ codec: UInt8) -> TextEncoding {
    codec == TextCodec.utf8 ? .utf8 : codec == TextCodec.ascii ? .ascii : .latin1
}

/// The encoding of files for which none is given.
func preferredEncoding(_ t: Thread) -> Value {
    interpreter(t).pointee.flags.utf8Mode != 0 ? makeString(t, "utf-8") : localeEncoding(t)
}

/// The encoding of the process's locale, in UTF-8 mode too.
func localeEncoding(_ t: Thread) -> Value {
    guard let codeset = nl_langinfo(nl_item(CODESET)), codeset.pointee != 0 else { return makeString(t, "UTF-8") }
    return makeString(t, fileSystem: codeset)
}

/// A codec's incremental encoder or decoder made with `errors`. 0: raised.
private func makeIncremental(_ t: Thread, _ codec: Value, _ attribute: StaticString, _ errors: Value) -> Value {
    let make = getAttribute(t, codec, internStatic(t, attribute))
    return make.isRaised ? make : call(t, make, errors)
}

/// Chooses encoder and decoder for `encoding`. False: raised.
func setUpCodecs(_ t: Thread, _ w: Wrapper, _ encoding: Value, _ errors: Value, readable: Bool, writable: Bool) -> Bool {
    let codec = textCodec(encoding)
    var decoder: Value = .raised
    var encoder: Value = .raised
    if codec == TextCodec.object {
        let info = lookupCodec(t, encoding)
        if info.isRaised { return false }
        let isText = getAttributeOrMissing(t, info, ._is_text_encoding)
        if isText.isRaised { return false }
        if !isText.isMissing {
            let yes = isTrue(t, isText)
            if yes < 0 { return false }
            if yes == 0 {
                _ = raise(t, .lookupError, "'\(swiftString(encoding))' is not a text encoding; use codecs.open() to handle arbitrary codecs")
                return false
            }
        }
        if readable {
            decoder = makeIncremental(t, info, "incrementaldecoder", errors)
            if decoder.isRaised { return false }
        }
        if writable {
            encoder = makeIncremental(t, info, "incrementalencoder", errors)
            if encoder.isRaised { return false }
        }
    }
    w.pointee.codec = codec
    storeSlot(&w.pointee.decoder, decoder)
    storeSlot(&w.pointee.encoder, encoder)
    w.pointee.decodes = readable
    w.pointee.encodes = writable
    w.pointee.tail = .raised
    w.pointee.newlines = NewlineState(pendingCR: false, seen: 0)
    storeSlot(&w.pointee.encoding, encoding)
    storeSlot(&w.pointee.errors, errors)
    return true
}

/// Checks and takes over a `newline` argument. False: raised.
func setNewline(_ t: Thread, _ w: Wrapper, _ newline: Value) {
    storeSlot(&w.pointee.newline, newline)
    let count = newline.isNone ? 0 : newline.strCount
    w.pointee.readUniversal = count == 0
    w.pointee.readTranslate = newline.isNone
    w.pointee.writeTranslate = newline.isNone || count > 0
}

func checkNewline(_ t: Thread, _ newline: Value, quotes: Bool = false) -> Bool {
    if newline.isNone { return true }
    if stringEqual(newline, "") || stringEqual(newline, "\n") || stringEqual(newline, "\r") || stringEqual(newline, "\r\n") { return true }
    _ = raise(t, .valueError, "illegal newline value: \(quotes ? reprText(t, newline) : swiftString(newline))")
    return false
}

/// What "\n" is written as: 0 for itself, else a str.
@inline(__always) func writtenNewline(_ w: Wrapper) -> Value {
    let n = w.pointee.newline
    if n.isNone || n.strCount == 0 || (n.strCount == 1 && stringCharAt(n, 0) == 10) { return .raised }
    return n
}

/// `TextIOWrapper.__init__`. False: raised.
func initializeWrapper(_ t: Thread, _ v: Value, _ buffer: Value, encoding given: Value, errors givenErrors: Value, newline: Value,
                       lineBuffering: Bool, writeThrough: Bool) -> Bool {
    let w = v.asWrapper
    w.pointee.state = 0
    if !checkNewline(t, newline) { return false }
    var encoding = given
    if encoding.isNone && interpreter(t).pointee.flags.warnDefaultEncoding != 0 {
        if warn(t, .encodingWarning, "'encoding' argument not specified", 1) < 0 { return false }
    }
    if encoding.isNone {
        encoding = preferredEncoding(t)
    } else if stringEqual(encoding, "locale") {
        encoding = localeEncoding(t)
    }
    if indexOf(encoding, 0, 0, encoding.strCount) >= 0 {
        _ = raise(t, .valueError, "embedded null character")
        return false
    }
    let errors: Value = givenErrors.isNone ? internStatic(t, "strict") : givenErrors
    if indexOf(errors, 0, 0, errors.strCount) >= 0 {
        _ = raise(t, .valueError, "embedded null character")
        return false
    }
    if interpreter(t).pointee.flags.devMode != 0 && lookupErrorHandler(t, errors).isRaised { return false }
    w.dropDecoded()
    w.dropSnapshot()
    w.pointee.pending = .raised
    w.pointee.pendingCount = 0
    w.pointee.chunkSize = 8192
    w.pointee.ratio = 0
    w.pointee.lineBuffering = lineBuffering
    w.pointee.writeThrough = writeThrough
    setNewline(t, w, newline)
    let plain = isPlainBuffered(buffer) && buffer.asBuffered.pointee.isPlainFile && buffer.asBuffered.pointee.state > 0
        && buffer.asBuffered.pointee.raw.asFile.pointee.fd >= 0
    var readable: Truth
    var writable: Truth
    var seekable: Truth
    if plain {
        let f = buffer.asBuffered.pointee.raw.asFile
        readable = buffer.asBuffered.pointee.isReadable && f.pointee.isReadable ? 1 : 0
        writable = buffer.asBuffered.pointee.isWritable && f.pointee.isWritable ? 1 : 0
        if f.pointee.seekable < 0 { f.pointee.seekable = lseek(f.pointee.fd, 0, SEEK_CUR) >= 0 ? 1 : 0 }
        seekable = Int(f.pointee.seekable)
    } else {
        readable = methodTruth(t, buffer, .readable)
        writable = readable < 0 ? -1 : methodTruth(t, buffer, .writable)
        seekable = writable < 0 ? -1 : methodTruth(t, buffer, .seekable)
    }
    if seekable < 0 { return false }
    if !setUpCodecs(t, w, encoding, errors, readable: readable == 1, writable: writable == 1) { return false }
    storeSlot(&w.pointee.buffer, buffer)
    w.pointee.isSeekable = seekable == 1
    w.pointee.isTelling = seekable == 1
    if plain {
        w.pointee.hasRead1 = true
    } else {
        let has = hasAttribute(t, buffer, name(.read1))
        if has < 0 { return false }
        w.pointee.hasRead1 = has == 1
    }
    w.pointee.startsStream = false
    if w.pointee.isSeekable && w.pointee.encodes && !fixEncoderState(t, w) { return false }
    w.pointee.state = 1
    return true
}

/// At the start of a stream an encoder may write a byte order mark, elsewhere it must not. False: raised.
func fixEncoderState(_ t: Thread, _ w: Wrapper) -> Bool {
    w.pointee.startsStream = true
    if w.pointee.codec != TextCodec.object { return true }
    let position = callMethod(t, w.pointee.buffer, .tell)
    if position.isRaised { return false }
    let zero = equal(t, position, .zero)
    if zero < 0 { return false }
    if zero == 1 { return true }
    w.pointee.startsStream = false
    return !callMethod(t, w.pointee.encoder, .setstate, .zero).isRaised
}
