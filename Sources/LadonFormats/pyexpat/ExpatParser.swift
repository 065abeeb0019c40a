// The cell of `pyexpat.xmlparser`, and what protects it.
//
// An Expat parser is used by one thread at a time. Sub-parsers (ExternalEntityParserCreate) share tables with the parser
// they come from, so a family has one lock: its root's. Whoever parses holds it, handlers included, and may take it again
// from within a handler. Memory: Expat wants sub-parsers freed before their parents, but cells that die together are
// finalised in any order; so each Expat parser belongs to a counted node that its sub-parsers' nodes keep.

import CExpat
import Glibc
import LadonLibrary

struct ExpatCell {
    var header: CellHeader
    /// A dict in which names are kept, so that equal ones are identical; or None.
    var intern: Value
    /// The family's first parser.
    var root: Value
    /// A storage cell with a slot for each ExpatHandler, 0 for none.
    var handlers: Value
    // raw
    var node: UnsafeMutablePointer<ExpatNode>?
    /// The text waiting for its handler (buffer_text), and how much may wait; no memory while nothing is gathered.
    var buffer: UnsafeMutablePointer<UInt8>?
    var bufferSize: Int
    var bufferUsed: Int
    /// Of the root: the thread that holds the lock, and how often.
    var owner: UInt
    var depth: UInt32
    var mutex: UInt32
    var orderedAttributes: Bool
    var specifiedAttributes: Bool
    var namespacePrefixes: Bool
    /// A handler is running.
    var isInHandler: Bool
    var isParsing: Bool
}

/// An Expat parser, counted: its cell and its sub-parsers' nodes.
struct ExpatNode {
    var parser: XML_Parser
    var parent: UnsafeMutablePointer<ExpatNode>?
    var count: UInt
}

nonisolated(unsafe) var expatParserType: TypePointer! = nil

typealias ExpatPointer = UnsafeMutablePointer<ExpatCell>

extension Value {
    var asExpat: ExpatPointer { cell(as: ExpatCell.self) }
}
extension ExpatPointer {
    var value: Value { Value(UnsafeMutableRawPointer(self)) }
    var parser: XML_Parser { pointee.node.unsafelyUnwrapped.pointee.parser }
    /// The slots of the handlers.
    var handlers: Values { pointee.handlers.storageItems }
    private var mutex: NativeMutex { NativeMutex(UnsafeMutableRawPointer(self) + MemoryLayout<ExpatCell>.offset(of: \ExpatCell.mutex).unsafelyUnwrapped) }

    /// Takes the family's lock.
    func enter(_ t: Thread) {
        let root = pointee.root.asExpat
        let me = UInt(bitPattern: t)
        if root.pointee.owner != me {
            root.mutex.acquireUninterrupted(t)
            root.pointee.owner = me
        }
        root.pointee.depth += 1
    }

    func leave(_ t: Thread) {
        let root = pointee.root.asExpat
        root.pointee.depth -= 1
        if root.pointee.depth == 0 {
            root.pointee.owner = 0
            root.mutex.release(t)
        }
        value.keepAlive
    }
}

func releaseExpatNode(_ start: UnsafeMutablePointer<ExpatNode>?) {
    var next = start
    while let node = next {
        if ladon_fetch_add(&node.pointee.count, UInt.max) != 1 { return }
        expat.XML_ParserFree(node.pointee.parser)
        next = node.pointee.parent
        free(node)
    }
}

/// A parser object for a new Expat parser; `parent` for a sub-parser, whose settings and handlers it takes over.
func makeExpatParser(_ t: Thread, _ parser: XML_Parser?, intern: Value, parent: ExpatPointer?) -> Value {
    guard let parser else { return raise(t, .runtimeError, "XML_ParserCreate failed") }
    let node = UnsafeMutableRawPointer(malloc(MemoryLayout<ExpatNode>.size).unsafelyUnwrapped).assumingMemoryBound(to: ExpatNode.self)
    node.initialize(to: ExpatNode(parser: parser, parent: parent?.pointee.node, count: 1))
    if let parent { _ = ladon_fetch_add(&parent.pointee.node.unsafelyUnwrapped.pointee.count, 1) }
    let handlers = makeStorage(t, ExpatHandler.count)
    let v = handlers.isRaised ? handlers : allocateInstance(t, expatParserType, variableItems: 0)
    if v.isRaised {
        releaseExpatNode(node)
        return v
    }
    let c = v.asExpat
    c.pointee.node = node
    c.pointee.intern = intern
    c.pointee.handlers = handlers
    c.pointee.root = parent?.pointee.root ?? v
    c.pointee.bufferSize = parent?.pointee.bufferSize ?? 8192
    expat.XML_SetUserData(parser, UnsafeMutableRawPointer(c))
    expat.XML_SetUnknownEncodingHandler(parser, unknownEncoding, nil)
    if let parent {
        c.pointee.orderedAttributes = parent.pointee.orderedAttributes
        c.pointee.specifiedAttributes = parent.pointee.specifiedAttributes
        c.pointee.namespacePrefixes = parent.pointee.namespacePrefixes
        if parent.pointee.buffer != nil { c.pointee.buffer = malloc(c.pointee.bufferSize)?.assumingMemoryBound(to: UInt8.self) }
        for i in 0..<ExpatHandler.count where parent.handlers[i].bits != 0 {
            storeSlot(c.handlers + i, parent.handlers[i])
            installExpatHandler(ExpatHandler(rawValue: i).unsafelyUnwrapped, parser, true)
        }
    } else {
        expat.XML_SetHashSalt(parser, UInt(truncatingIfNeeded: stringHash(internStatic(t, "expat"))))
    }
    return v
}

/// The finaliser's work: nobody can see the parser any more.
func finalizeExpatParser(_ v: Value) {
    let c = v.asExpat
    releaseExpatNode(c.pointee.node)
    c.pointee.node = nil
    free(c.pointee.buffer)
    c.pointee.buffer = nil
}

/// Raises ExpatError for a code, with the place where the parser is.
func raiseExpatError(_ t: Thread, _ c: ExpatPointer, _ code: XML_Error) -> Value {
    let line = Int(expat.XML_GetCurrentLineNumber(c.parser)), column = Int(expat.XML_GetCurrentColumnNumber(c.parser))
    let text = expat.XML_ErrorString(code).map { String(cString: $0) } ?? "(null)"
    let e = call(t, expatErrorType.value, makeString(t, "\(text): line \(line), column \(column)"))
    if e.isRaised || setAttribute(t, e, internStatic(t, "code"), Value(smallInt: Int(code.rawValue))) < 0
        || setAttribute(t, e, internStatic(t, "offset"), Value(smallInt: column)) < 0
        || setAttribute(t, e, internStatic(t, "lineno"), Value(smallInt: line)) < 0 { return .raised }
    return raiseValue(t, e)
}

// MARK: parsing

/// Gives Expat a piece of the document. Expat's answer; exceptions of handlers are in the thread.
private func feed(_ t: Thread, _ c: ExpatPointer, _ bytes: UnsafeMutablePointer<UInt8>, _ length: Int, isFinal: Bool) -> XML_Status {
    /// Of longer input Expat gets pieces: it counts in 32 bits.
    let longest = 1 << 20
    var at = 0
    return UnsafeMutableRawPointer(bytes).withMemoryRebound(to: CChar.self, capacity: length) { text in
        while length - at > longest {
            let status = expat.XML_Parse(c.parser, text + at, Int32(longest), 0)
            if status == XML_STATUS_ERROR { return status }
            at += longest
        }
        return expat.XML_Parse(c.parser, text + at, Int32(length - at), isFinal ? 1 : 0)
    }
}

/// What Parse and ParseFile answer.
private func parseResult(_ t: Thread, _ c: ExpatPointer, _ status: XML_Status) -> Value {
    if t.pointee.exception.bits != 0 { return .raised }
    if status == XML_STATUS_ERROR { return raiseExpatError(t, c, expat.XML_GetErrorCode(c.parser)) }
    if !flushText(t, c) { return .raised }
    return Value(smallInt: Int(status.rawValue))
}

/// Takes the lock for parsing. False: raised. A handler that parses with its own parser would pull Expat's buffer from
/// under it (CPython lets it).
private func beginParsing(_ t: Thread, _ c: ExpatPointer) -> Bool {
    c.enter(t)
    if c.pointee.isParsing {
        c.leave(t)
        _ = raise(t, .runtimeError, "a handler can't continue its own parser")
        return false
    }
    c.pointee.isParsing = true
    return true
}
private func endParsing(_ t: Thread, _ c: ExpatPointer) {
    c.pointee.isParsing = false
    c.leave(t)
}

func expat_Parse(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].asExpat, data = a[1]
    guard let isFinal = a[2].isMissing ? 0 : asInt32(t, a[2]) else { return .raised }
    if data.isStr {
        let encoded = encodeString(t, data, encoding: .missing, errors: .missing)
        if encoded.isRaised || !beginParsing(t, c) { return .raised }
        _ = expat.XML_SetEncoding(c.parser, "utf-8")
        let status = feed(t, c, encoded.bytesData, encoded.bytesCount, isFinal: isFinal != 0)
        encoded.keepAlive
        let result = parseResult(t, c, status)
        endParsing(t, c)
        return result
    }
    var buffer = LadonBuffer()
    if getBuffer(t, data, &buffer) < 0 { return .raised }
    var result = Value.raised
    if beginParsing(t, c) {
        result = parseResult(t, c, feed(t, c, buffer.bytes, Int(buffer.length), isFinal: isFinal != 0))
        endParsing(t, c)
    }
    releaseBuffer(t, &buffer)
    data.keepAlive
    return result
}

func expat_ParseFile(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].asExpat
    let read = getAttributeOrMissing(t, a[1], internStatic(t, "read"))
    if read.isRaised { return .raised }
    if read.isMissing { return raise(t, .typeError, "argument must have 'read' attribute") }
    let size = 2048
    while true {
        let piece = call(t, read, Value(smallInt: size))
        if piece.isRaised { return .raised }
        if !piece.isBytes && !isInstanceOf(piece, .bytearray) {
            return raise(t, .typeError, "read() did not return a bytes object (type=\(typeName(piece)))")
        }
        var buffer = LadonBuffer()
        if getBuffer(t, piece, &buffer) < 0 { return .raised }
        let length = Int(buffer.length)
        var result = Value.raised
        if length > size {
            _ = raise(t, .valueError, "read() returned too much data: \(size) bytes requested, \(length) returned")
        } else if beginParsing(t, c) {
            result = parseResult(t, c, feed(t, c, buffer.bytes, length, isFinal: length == 0))
            endParsing(t, c)
        }
        releaseBuffer(t, &buffer)
        piece.keepAlive
        if result.isRaised || length == 0 { return result }
    }
}
