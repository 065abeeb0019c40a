// What Expat calls, and how that becomes calls of Python's handlers.
//
// Expat calls on the thread that parses, which is attached and holds the parser's lock. A handler that raises stops the
// parser and takes all handlers away, so that nothing runs between it and the return from Expat.

import CExpat
import Glibc
import LadonLibrary

enum ExpatHandler: Int {
    case startElement, endElement, processingInstruction, characterData, unparsedEntityDecl, notationDecl, startNamespaceDecl
    case endNamespaceDecl, comment, startCdataSection, endCdataSection, `default`, defaultExpand, notStandalone
    case externalEntityRef, startDoctypeDecl, endDoctypeDecl, entityDecl, xmlDecl, elementDecl, attlistDecl, skippedEntity

    static let count = 22

    /// Its name in tracebacks.
    var title: StaticString {
        switch self {
        case .startElement: return "StartElement"
        case .endElement: return "EndElement"
        case .processingInstruction: return "ProcessingInstruction"
        case .characterData: return "CharacterData"
        case .unparsedEntityDecl: return "UnparsedEntityDecl"
        case .notationDecl: return "NotationDecl"
        case .startNamespaceDecl: return "StartNamespaceDecl"
        case .endNamespaceDecl: return "EndNamespaceDecl"
        case .comment: return "Comment"
        case .startCdataSection: return "StartCdataSection"
        case .endCdataSection: return "EndCdataSection"
        case .default: return "Default"
        case .defaultExpand: return "DefaultHandlerExpand"
        case .notStandalone: return "NotStandalone"
        case .externalEntityRef: return "ExternalEntityRef"
        case .startDoctypeDecl: return "StartDoctypeDecl"
        case .endDoctypeDecl: return "EndDoctypeDecl"
        case .entityDecl: return "EntityDecl"
        case .xmlDecl: return "XmlDecl"
        case .elementDecl: return "ElementDecl"
        case .attlistDecl: return "AttlistDecl"
        case .skippedEntity: return "SkippedEntity"
        }
    }
}

// MARK: text

typealias ExpatText = UnsafePointer<CChar>

private func bytes(_ s: ExpatText) -> UnsafePointer<UInt8> { UnsafeRawPointer(s).assumingMemoryBound(to: UInt8.self) }

/// Expat's text as str, None for none.
private func text(_ t: Thread, _ s: ExpatText?) -> Value {
    guard let s else { return .none }
    return makeString(t, utf8: bytes(s), count: strlen(s))
}
private func text(_ t: Thread, _ s: ExpatText?, _ count: Int32) -> Value {
    guard let s else { return .none }
    return makeString(t, utf8: bytes(s), count: Int(count))
}

/// The same for names (None is one, as in CPython): equal ones are one object, of the parser's dict.
private func nameText(_ t: Thread, _ c: ExpatPointer, _ s: ExpatText?) -> Value {
    let v = text(t, s)
    let dict = c.pointee.intern
    if v.isRaised || dict.isNone { return v }
    return dictSetDefault(t, dict, v, v)
}

// MARK: calling

private func cell(_ user: UnsafeMutableRawPointer?) -> ExpatPointer { user.unsafelyUnwrapped.assumingMemoryBound(to: ExpatCell.self) }
private func thread() -> Thread { ladon_get_current_thread().unsafelyUnwrapped }

/// Nothing more is called: something was raised.
private func giveUp(_ c: ExpatPointer) {
    for i in 0..<ExpatHandler.count where c.handlers[i].bits != 0 {
        storeSlot(c.handlers + i, Value(bits: 0))
        installExpatHandler(ExpatHandler(rawValue: i).unsafelyUnwrapped, c.parser, false)
    }
    expat.XML_SetExternalEntityRefHandler(c.parser, { _, _, _, _, _ in 0 })
    _ = expat.XML_StopParser(c.parser, 0)
}

/// Makes the traceback of the exception being raised show who called the handler, as an entry of a function of that name.
/// Tracebacks have frames of Python code only, so that code is made: it raises what was raised.
private func addTracebackEntry(_ t: Thread, _ h: ExpatHandler) {
    let e = takeException(t)
    let builtins = interpreter(t).pointee.builtins
    let source = makeString(t, "def \(h.title)(e): raise e" as String)
    let namespace = makeDict(t)
    let code = call(t, dictGetName(t, builtins, internStatic(t, "compile")), source, makeString(t, "../Modules/pyexpat.c" as StaticString), makeString(t, "exec" as StaticString))
    if !code.isRaised && !call(t, dictGetName(t, builtins, internStatic(t, "exec")), code, namespace).isRaised {
        let function = dictGetName(t, namespace, internStatic(t, h.title))
        if !function.isMissing && !function.isRaised {
            _ = call(t, function, e)
            return
        }
    }
    clearException(t)
    restoreException(t, e)
}

/// Calls a handler with `count` arguments. `.raised`: it raised, and the parser has been stopped.
private func callHandler(_ t: Thread, _ c: ExpatPointer, _ h: ExpatHandler, _ count: Int, _ a: Value = .none, _ b: Value = .none, _ third: Value = .none,
                         _ d: Value = .none, _ e: Value = .none, _ f: Value = .none, _ g: Value = .none) -> Value {
    var arguments = (a, b, third, d, e, f, g)
    let handler = loadSlot(c.handlers + h.rawValue)
    if handler.bits == 0 { return .none }
    if a.isRaised || b.isRaised || third.isRaised || d.isRaised || e.isRaised || f.isRaised || g.isRaised {
        giveUp(c)
        return .raised
    }
    c.pointee.isInHandler = true
    let result = withUnsafeMutablePointer(to: &arguments) {
        $0.withMemoryRebound(to: Value.self, capacity: 7) { call(t, handler, args: $0, count) }
    }
    c.pointee.isInHandler = false
    if result.isRaised {
        addTracebackEntry(t, h)
        giveUp(c)
    }
    return result
}

/// Whether there is a handler to be called for an event; text that waits is handed over before.
private func isAwaited(_ t: Thread, _ c: ExpatPointer, _ h: ExpatHandler) -> Bool {
    c.handlers[h.rawValue].bits != 0 && t.pointee.exception.bits == 0 && flushText(t, c)
}

/// The answer of a handler that says whether to go on.
private func answer(_ t: Thread, _ c: ExpatPointer, _ v: Value) -> Int32 {
    if v.isRaised { return 0 }
    guard let n = asInt(t, v) else {
        giveUp(c)
        return 0
    }
    return Int32(truncatingIfNeeded: n)
}

// MARK: character data

/// Hands over the text that waits. False: raised.
func flushText(_ t: Thread, _ c: ExpatPointer) -> Bool {
    let count = c.pointee.bufferUsed
    guard let buffer = c.pointee.buffer, count > 0 else { return true }
    c.pointee.bufferUsed = 0
    return deliverText(t, c, makeString(t, utf8: buffer, count: count))
}

private func deliverText(_ t: Thread, _ c: ExpatPointer, _ v: Value) -> Bool {
    !callHandler(t, c, .characterData, 1, v).isRaised
}

private func receiveText(_ t: Thread, _ c: ExpatPointer, _ s: ExpatText?, _ count: Int32) {
    let length = Int(count)
    guard let buffer = c.pointee.buffer, let s else {
        _ = deliverText(t, c, text(t, s, count))
        return
    }
    if c.pointee.bufferUsed + length > c.pointee.bufferSize {
        if !flushText(t, c) || c.handlers[ExpatHandler.characterData.rawValue].bits == 0 { return }
        if length > c.pointee.bufferSize || c.pointee.buffer == nil {
            _ = deliverText(t, c, text(t, s, count))
            return
        }
    }
    memcpy((c.pointee.buffer ?? buffer) + c.pointee.bufferUsed, s, length)
    c.pointee.bufferUsed += length
}

// MARK: the larger handlers

private func startElement(_ t: Thread, _ c: ExpatPointer, _ title: ExpatText?, _ attributes: UnsafeMutablePointer<ExpatText?>) {
    if !isAwaited(t, c, .startElement) { return }
    var count = 0
    if c.pointee.specifiedAttributes {
        count = Int(expat.XML_GetSpecifiedAttributeCount(c.parser))
    } else {
        while attributes[count] != nil { count += 2 }
    }
    let isOrdered = c.pointee.orderedAttributes
    let container = isOrdered ? makeList(t, capacity: count) : makeDict(t)
    var isRight = !container.isRaised
    var i = 0
    while i < count && isRight {
        let n = nameText(t, c, attributes[i]), v = n.isRaised ? n : text(t, attributes[i + 1])
        if v.isRaised { isRight = false }
        else if isOrdered { isRight = listAppend(t, container, n) >= 0 && listAppend(t, container, v) >= 0 }
        else { isRight = dictSet(t, container, n, v) >= 0 }
        i += 2
    }
    if !isRight { giveUp(c) } else { _ = callHandler(t, c, .startElement, 2, nameText(t, c, title), container) }
}

/// A content model as (type, quantifier, name, children).
private func contentModel(_ t: Thread, _ model: XML_Content) -> Value {
    if !enterNative(t, "") { return .raised }
    defer { leaveNative(t) }
    let count = Int(model.numchildren)
    let children = makeTuple(t, count)
    if children.isRaised { return children }
    for i in 0..<count { children.tupleItems[i] = .none }
    for i in 0..<count {
        let child = contentModel(t, model.children[i])
        if child.isRaised { return child }
        children.tupleItems[i] = child
    }
    let n = text(t, model.name)
    if n.isRaised { return n }
    return makeTuple(t, Value(smallInt: Int(model.type.rawValue)), Value(smallInt: Int(model.quant.rawValue)), n, children)
}

/// A document in an encoding that Expat does not know: one of a byte for each character is described by a table.
let unknownEncoding: XML_UnknownEncodingHandler = { _, title, info in
    let t = thread()
    guard let info, let title, t.pointee.exception.bits == 0 else { return 0 }
    let all = newBytes(t, count: 256)
    if all.isRaised { return 0 }
    for i in 0..<256 { all.bytesData[i] = UInt8(i) }
    let decode = getAttribute(t, all, internStatic(t, "decode"))
    if decode.isRaised { return 0 }
    let decoded = call(t, decode, makeString(t, String(cString: title)), makeString(t, "replace" as StaticString))
    if decoded.isRaised { return 0 }
    if !decoded.isStr || decoded.strCount != 256 {
        _ = raise(t, .valueError, "multi-byte encodings are not supported")
        return 0
    }
    withUnsafeMutablePointer(to: &info.pointee.map) {
        $0.withMemoryRebound(to: Int32.self, capacity: 256) { map in
            for i in 0..<256 {
                let character = stringCharAt(decoded, i)
                map[i] = character == 0xFFFD ? -1 : Int32(bitPattern: character)
            }
        }
    }
    info.pointee.data = nil
    info.pointee.convert = nil
    info.pointee.release = nil
    return 1
}

// MARK: the table

/// Tells Expat to call, or not to call, for a kind of event.
func installExpatHandler(_ h: ExpatHandler, _ p: XML_Parser, _ on: Bool) {
    switch h {
    case .startElement:
        expat.XML_SetStartElementHandler(p, !on ? nil : { user, title, attributes in
            startElement(thread(), cell(user), title, attributes.unsafelyUnwrapped)
        })
    case .endElement:
        expat.XML_SetEndElementHandler(p, !on ? nil : { user, title in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .endElement) { _ = callHandler(t, c, .endElement, 1, nameText(t, c, title)) }
        })
    case .processingInstruction:
        expat.XML_SetProcessingInstructionHandler(p, !on ? nil : { user, target, data in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .processingInstruction) { _ = callHandler(t, c, .processingInstruction, 2, nameText(t, c, target), text(t, data)) }
        })
    case .characterData:
        expat.XML_SetCharacterDataHandler(p, !on ? nil : { user, s, count in
            let t = thread(), c = cell(user)
            if t.pointee.exception.bits == 0 { receiveText(t, c, s, count) }
        })
    case .unparsedEntityDecl:
        expat.XML_SetUnparsedEntityDeclHandler(p, !on ? nil : { user, entity, base, system, publicID, notation in
            let t = thread(), c = cell(user)
            if !isAwaited(t, c, .unparsedEntityDecl) { return }
            _ = callHandler(t, c, .unparsedEntityDecl, 5, nameText(t, c, entity), nameText(t, c, base), nameText(t, c, system), nameText(t, c, publicID), nameText(t, c, notation))
        })
    case .notationDecl:
        expat.XML_SetNotationDeclHandler(p, !on ? nil : { user, notation, base, system, publicID in
            let t = thread(), c = cell(user)
            if !isAwaited(t, c, .notationDecl) { return }
            _ = callHandler(t, c, .notationDecl, 4, nameText(t, c, notation), nameText(t, c, base), nameText(t, c, system), nameText(t, c, publicID))
        })
    case .startNamespaceDecl:
        expat.XML_SetStartNamespaceDeclHandler(p, !on ? nil : { user, prefix, uri in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .startNamespaceDecl) { _ = callHandler(t, c, .startNamespaceDecl, 2, nameText(t, c, prefix), nameText(t, c, uri)) }
        })
    case .endNamespaceDecl:
        expat.XML_SetEndNamespaceDeclHandler(p, !on ? nil : { user, prefix in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .endNamespaceDecl) { _ = callHandler(t, c, .endNamespaceDecl, 1, nameText(t, c, prefix)) }
        })
    case .comment:
        expat.XML_SetCommentHandler(p, !on ? nil : { user, s in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .comment) { _ = callHandler(t, c, .comment, 1, text(t, s)) }
        })
    case .startCdataSection:
        expat.XML_SetStartCdataSectionHandler(p, !on ? nil : { user in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .startCdataSection) { _ = callHandler(t, c, .startCdataSection, 0) }
        })
    case .endCdataSection:
        expat.XML_SetEndCdataSectionHandler(p, !on ? nil : { user in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .endCdataSection) { _ = callHandler(t, c, .endCdataSection, 0) }
        })
    case .default:
        expat.XML_SetDefaultHandler(p, !on ? nil : { user, s, count in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .default) { _ = callHandler(t, c, .default, 1, text(t, s, count)) }
        })
    case .defaultExpand:
        expat.XML_SetDefaultHandlerExpand(p, !on ? nil : { user, s, count in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .defaultExpand) { _ = callHandler(t, c, .defaultExpand, 1, text(t, s, count)) }
        })
    case .notStandalone:
        expat.XML_SetNotStandaloneHandler(p, !on ? nil : { user in
            let t = thread(), c = cell(user)
            return isAwaited(t, c, .notStandalone) ? answer(t, c, callHandler(t, c, .notStandalone, 0)) : 0
        })
    case .externalEntityRef:
        // Expat gives this handler the parser in place of what XML_SetUserData said; the user data is the parser's first word.
        expat.XML_SetExternalEntityRefHandler(p, !on ? nil : { parser, context, base, system, publicID in
            let t = thread(), c = cell(UnsafeRawPointer(parser.unsafelyUnwrapped).load(as: UnsafeMutableRawPointer?.self))
            if !isAwaited(t, c, .externalEntityRef) { return 0 }
            return answer(t, c, callHandler(t, c, .externalEntityRef, 4, text(t, context), nameText(t, c, base), nameText(t, c, system), nameText(t, c, publicID)))
        })
    case .startDoctypeDecl:
        expat.XML_SetStartDoctypeDeclHandler(p, !on ? nil : { user, title, system, publicID, hasInternalSubset in
            let t = thread(), c = cell(user)
            if !isAwaited(t, c, .startDoctypeDecl) { return }
            _ = callHandler(t, c, .startDoctypeDecl, 4, nameText(t, c, title), nameText(t, c, system), nameText(t, c, publicID), Value(smallInt: Int(hasInternalSubset)))
        })
    case .endDoctypeDecl:
        expat.XML_SetEndDoctypeDeclHandler(p, !on ? nil : { user in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .endDoctypeDecl) { _ = callHandler(t, c, .endDoctypeDecl, 0) }
        })
    case .entityDecl:
        expat.XML_SetEntityDeclHandler(p, !on ? nil : { user, entity, isParameter, value, length, base, system, publicID, notation in
            let t = thread(), c = cell(user)
            if !isAwaited(t, c, .entityDecl) { return }
            _ = callHandler(t, c, .entityDecl, 7, nameText(t, c, entity), Value(smallInt: Int(isParameter)), text(t, value, length), nameText(t, c, base),
                            nameText(t, c, system), nameText(t, c, publicID), nameText(t, c, notation))
        })
    case .xmlDecl:
        expat.XML_SetXmlDeclHandler(p, !on ? nil : { user, version, encoding, standalone in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .xmlDecl) { _ = callHandler(t, c, .xmlDecl, 3, text(t, version), text(t, encoding), Value(smallInt: Int(standalone))) }
        })
    case .elementDecl:
        expat.XML_SetElementDeclHandler(p, !on ? nil : { user, title, model in
            let t = thread(), c = cell(user)
            guard let model else { return }
            if isAwaited(t, c, .elementDecl) { _ = callHandler(t, c, .elementDecl, 2, nameText(t, c, title), contentModel(t, model.pointee)) }
            expat.XML_FreeContentModel(c.parser, model)
        })
    case .attlistDecl:
        expat.XML_SetAttlistDeclHandler(p, !on ? nil : { user, element, attribute, type, fallback, isRequired in
            let t = thread(), c = cell(user)
            if !isAwaited(t, c, .attlistDecl) { return }
            _ = callHandler(t, c, .attlistDecl, 5, nameText(t, c, element), nameText(t, c, attribute), text(t, type), text(t, fallback), Value(smallInt: Int(isRequired)))
        })
    case .skippedEntity:
        expat.XML_SetSkippedEntityHandler(p, !on ? nil : { user, entity, isParameter in
            let t = thread(), c = cell(user)
            if isAwaited(t, c, .skippedEntity) { _ = callHandler(t, c, .skippedEntity, 2, nameText(t, c, entity), Value(smallInt: Int(isParameter))) }
        })
    }
}
