// The methods and attributes of `pyexpat.xmlparser` that don't parse.

import CExpat
import Glibc
import LadonLibrary

/// Runs `body` with the parser's lock held.
private func locked(_ t: Thread, _ v: Value, _ body: (ExpatPointer) -> Value) -> Value {
    let c = v.asExpat
    c.enter(t)
    let result = body(c)
    c.leave(t)
    return result
}

/// Runs `body` with an argument's text, zero-terminated; nil for None where that is allowed.
func withExpatText(_ t: Thread, _ v: Value, _ what: String, orNone: Bool, _ body: (UnsafePointer<CChar>?) -> Value) -> Value {
    if v.isMissing || (v.isNone && orNone) { return body(nil) }
    if !v.isStr { return raise(t, .typeError, "\(what) must be str\(orNone ? " or None" : ""), not \(v.isNone ? "None" : typeName(v))") }
    let encoded = encodeString(t, v, encoding: .missing, errors: .missing)
    if encoded.isRaised { return encoded }
    if memchr(encoded.bytesData, 0, encoded.bytesCount) != nil { return raise(t, .valueError, "embedded null character") }
    let result = body(UnsafeRawPointer(encoded.bytesData).assumingMemoryBound(to: CChar.self))
    encoded.keepAlive
    return result
}

private func cannotDelete(_ t: Thread) -> Value { raise(t, .runtimeError, "Cannot delete attribute") }

// MARK: handlers

private func handler(_ v: Value, _ h: ExpatHandler) -> Value {
    let f = loadSlot(v.asExpat.handlers + h.rawValue)
    return f.bits == 0 ? .none : f
}

private func setHandler(_ t: Thread, _ v: Value, _ h: ExpatHandler, _ given: Value) -> Value {
    if given.isMissing { return cannotDelete(t) }
    return locked(t, v) { c in
        // Text that waits is for the handler there was.
        if h == .characterData && !flushText(t, c) { return .raised }
        let f = given.isNone ? Value(bits: 0) : given
        storeSlot(c.handlers + h.rawValue, f)
        // Expat, while it reports text, expects to have somebody to report it to.
        if f.bits != 0 || h != .characterData || !c.pointee.isInHandler { installExpatHandler(h, c.parser, f.bits != 0) }
        return .none
    }
}

// MARK: text that is gathered

private func setBufferSize(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return cannotDelete(t) }
    if !isInt(a[1]) { return raise(t, .typeError, "buffer_size must be an integer") }
    guard let size = asLong(t, a[1]) else { return .raised }
    if size <= 0 { return raise(t, .valueError, "buffer_size must be greater than zero") }
    if size > Int32.max { return raise(t, .valueError, "buffer_size must not be greater than \(Int32.max)") }
    return locked(t, a[0]) { c in
        if c.pointee.buffer != nil {
            if !flushText(t, c) { return .raised }
            guard let fresh = realloc(c.pointee.buffer, size) else { return raiseMemoryError(t) }
            c.pointee.buffer = fresh.assumingMemoryBound(to: UInt8.self)
        }
        c.pointee.bufferSize = size
        return .none
    }
}

private func setBufferText(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return cannotDelete(t) }
    let wanted = isTrue(t, a[1])
    if wanted < 0 { return .raised }
    return locked(t, a[0]) { c in
        if wanted == 1 && c.pointee.buffer == nil {
            guard let fresh = malloc(c.pointee.bufferSize) else { return raiseMemoryError(t) }
            c.pointee.buffer = fresh.assumingMemoryBound(to: UInt8.self)
            c.pointee.bufferUsed = 0
        } else if wanted == 0 && c.pointee.buffer != nil {
            if !flushText(t, c) { return .raised }
            free(c.pointee.buffer)
            c.pointee.buffer = nil
        }
        return .none
    }
}

private func setFlag(_ t: Thread, _ a: Values, _ set: (ExpatPointer, Bool) -> Void) -> Value {
    if a[1].isMissing { return cannotDelete(t) }
    let wanted = isTrue(t, a[1])
    if wanted < 0 { return .raised }
    return locked(t, a[0]) { c in
        set(c, wanted == 1)
        return .none
    }
}

// MARK: methods

private func expat_SetBase(_ t: Thread, _ a: Values) -> Value {
    withExpatText(t, a[1], "SetBase() argument", orNone: false) { base in
        locked(t, a[0]) { c in expat.XML_SetBase(c.parser, base) == XML_STATUS_ERROR ? raiseMemoryError(t) : .none }
    }
}

private func expat_GetInputContext(_ t: Thread, _ a: Values) -> Value {
    locked(t, a[0]) { c in
        if !c.pointee.isInHandler { return .none }
        var offset: Int32 = 0, size: Int32 = 0
        guard let buffer = expat.XML_GetInputContext(c.parser, &offset, &size) else { return .none }
        return makeBytes(t, UnsafeRawPointer(buffer + Int(offset)).assumingMemoryBound(to: UInt8.self), Int(size - offset))
    }
}

private func expat_ExternalEntityParserCreate(_ t: Thread, _ a: Values) -> Value {
    withExpatText(t, a[1], "ExternalEntityParserCreate() argument 1", orNone: true) { context in
        withExpatText(t, a[2], "ExternalEntityParserCreate() argument 2", orNone: false) { encoding in
            locked(t, a[0]) { c in
                makeExpatParser(t, expat.XML_ExternalEntityParserCreate(c.parser, context, encoding), intern: c.pointee.intern, parent: c)
            }
        }
    }
}

private func expat_SetParamEntityParsing(_ t: Thread, _ a: Values) -> Value {
    guard let flag = asInt32(t, a[1]) else { return .raised }
    return locked(t, a[0]) { c in Value(smallInt: Int(expat.XML_SetParamEntityParsing(c.parser, XML_ParamEntityParsing(rawValue: UInt32(bitPattern: flag))))) }
}

private func expat_UseForeignDTD(_ t: Thread, _ a: Values) -> Value {
    let flag = isTrue(t, a[1])
    if flag < 0 { return .raised }
    return locked(t, a[0]) { c in
        let code = expat.XML_UseForeignDTD(c.parser, flag == 1 ? 1 : 0)
        return code == XML_ERROR_NONE ? .none : raiseExpatError(t, c, code)
    }
}

private func line(_ t: Thread, _ a: Values) -> Value { locked(t, a[0]) { makeInt(t, UInt(expat.XML_GetCurrentLineNumber($0.parser))) } }
private func column(_ t: Thread, _ a: Values) -> Value { locked(t, a[0]) { makeInt(t, UInt(expat.XML_GetCurrentColumnNumber($0.parser))) } }
private func byteIndex(_ t: Thread, _ a: Values) -> Value { locked(t, a[0]) { makeInt(t, Int(expat.XML_GetCurrentByteIndex($0.parser))) } }

// MARK: the type

func expatParserDefinition() -> TypeDefinition {
    TypeDefinition(nil, "pyexpat.xmlparser", flags: [.disallowInstantiation, .hasFinalizer], doc: "XML parser", size: MemoryLayout<ExpatCell>.size,
                   layout: Layout(prefix: 3, flags: .finalizable), slots: [
        .unary(.finalize, { _, v in
            finalizeExpatParser(v)
            return .none
        }),
    ], members: [
        .method("Parse", "($self, data, isfinal=False, /)", expat_Parse, "Parse XML data.\n\n`isfinal' should be true at end of input."),
        .method("ParseFile", "($self, file, /)", expat_ParseFile, "Parse XML data from file-like object."),
        .method("SetBase", "($self, base, /)", expat_SetBase, "Set the base URL for the parser."),
        .method("GetBase", "($self, /)", { t, a in
            locked(t, a[0]) { c in expat.XML_GetBase(c.parser).map { makeString(t, String(cString: $0)) } ?? .none }
        }, "Return base URL string for the parser."),
        .method("GetInputContext", "($self, /)", expat_GetInputContext, "Return the untranslated text of the input that caused the current event.\n\nIf the event was generated by a large amount of text (such as a start tag\nfor an element with many attributes), not all of the text may be available."),
        .method("ExternalEntityParserCreate", "($self, context, encoding=<unrepresentable>, /)", expat_ExternalEntityParserCreate, "Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler."),
        .method("SetParamEntityParsing", "($self, flag, /)", expat_SetParamEntityParsing, "Controls parsing of parameter entities (including the external DTD subset).\n\nPossible flag values are XML_PARAM_ENTITY_PARSING_NEVER,\nXML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and\nXML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag\nwas successful."),
        .method("UseForeignDTD", "($self, flag=True, /)", expat_UseForeignDTD, "Allows the application to provide an artificial external subset if one is not specified as part of the document instance.\n\nThis readily allows the use of a 'default' document type controlled by the\napplication, while still getting the advantage of providing document type\ninformation to the parser. 'flag' defaults to True if not provided."),
        .member("intern", get: { _, a in a[0].asExpat.pointee.intern }),
        .attribute("ErrorCode", get: { t, a in locked(t, a[0]) { Value(smallInt: Int(expat.XML_GetErrorCode($0.parser).rawValue)) } }),
        .attribute("ErrorLineNumber", get: line),
        .attribute("ErrorColumnNumber", get: column),
        .attribute("ErrorByteIndex", get: byteIndex),
        .attribute("CurrentLineNumber", get: line),
        .attribute("CurrentColumnNumber", get: column),
        .attribute("CurrentByteIndex", get: byteIndex),
        .attribute("buffer_size", get: { _, a in Value(smallInt: a[0].asExpat.pointee.bufferSize) }, set: setBufferSize),
        .attribute("buffer_text", get: { _, a in Value(a[0].asExpat.pointee.buffer != nil) }, set: setBufferText),
        .attribute("buffer_used", get: { _, a in Value(smallInt: a[0].asExpat.pointee.bufferUsed) }),
        .attribute("namespace_prefixes", get: { _, a in Value(a[0].asExpat.pointee.namespacePrefixes) }, set: { t, a in
            setFlag(t, a) { c, wanted in
                c.pointee.namespacePrefixes = wanted
                expat.XML_SetReturnNSTriplet(c.parser, wanted ? 1 : 0)
            }
        }),
        .attribute("ordered_attributes", get: { _, a in Value(a[0].asExpat.pointee.orderedAttributes) }, set: { t, a in
            setFlag(t, a) { $0.pointee.orderedAttributes = $1 }
        }),
        .attribute("specified_attributes", get: { _, a in Value(a[0].asExpat.pointee.specifiedAttributes) }, set: { t, a in
            setFlag(t, a) { $0.pointee.specifiedAttributes = $1 }
        }),
        .ownModule,
        .attribute("StartElementHandler", get: { _, a in handler(a[0], .startElement) }, set: { t, a in setHandler(t, a[0], .startElement, a[1]) }),
        .attribute("EndElementHandler", get: { _, a in handler(a[0], .endElement) }, set: { t, a in setHandler(t, a[0], .endElement, a[1]) }),
        .attribute("ProcessingInstructionHandler", get: { _, a in handler(a[0], .processingInstruction) }, set: { t, a in setHandler(t, a[0], .processingInstruction, a[1]) }),
        .attribute("CharacterDataHandler", get: { _, a in handler(a[0], .characterData) }, set: { t, a in setHandler(t, a[0], .characterData, a[1]) }),
        .attribute("UnparsedEntityDeclHandler", get: { _, a in handler(a[0], .unparsedEntityDecl) }, set: { t, a in setHandler(t, a[0], .unparsedEntityDecl, a[1]) }),
        .attribute("NotationDeclHandler", get: { _, a in handler(a[0], .notationDecl) }, set: { t, a in setHandler(t, a[0], .notationDecl, a[1]) }),
        .attribute("StartNamespaceDeclHandler", get: { _, a in handler(a[0], .startNamespaceDecl) }, set: { t, a in setHandler(t, a[0], .startNamespaceDecl, a[1]) }),
        .attribute("EndNamespaceDeclHandler", get: { _, a in handler(a[0], .endNamespaceDecl) }, set: { t, a in setHandler(t, a[0], .endNamespaceDecl, a[1]) }),
        .attribute("CommentHandler", get: { _, a in handler(a[0], .comment) }, set: { t, a in setHandler(t, a[0], .comment, a[1]) }),
        .attribute("StartCdataSectionHandler", get: { _, a in handler(a[0], .startCdataSection) }, set: { t, a in setHandler(t, a[0], .startCdataSection, a[1]) }),
        .attribute("EndCdataSectionHandler", get: { _, a in handler(a[0], .endCdataSection) }, set: { t, a in setHandler(t, a[0], .endCdataSection, a[1]) }),
        .attribute("DefaultHandler", get: { _, a in handler(a[0], .default) }, set: { t, a in setHandler(t, a[0], .default, a[1]) }),
        .attribute("DefaultHandlerExpand", get: { _, a in handler(a[0], .defaultExpand) }, set: { t, a in setHandler(t, a[0], .defaultExpand, a[1]) }),
        .attribute("NotStandaloneHandler", get: { _, a in handler(a[0], .notStandalone) }, set: { t, a in setHandler(t, a[0], .notStandalone, a[1]) }),
        .attribute("ExternalEntityRefHandler", get: { _, a in handler(a[0], .externalEntityRef) }, set: { t, a in setHandler(t, a[0], .externalEntityRef, a[1]) }),
        .attribute("StartDoctypeDeclHandler", get: { _, a in handler(a[0], .startDoctypeDecl) }, set: { t, a in setHandler(t, a[0], .startDoctypeDecl, a[1]) }),
        .attribute("EndDoctypeDeclHandler", get: { _, a in handler(a[0], .endDoctypeDecl) }, set: { t, a in setHandler(t, a[0], .endDoctypeDecl, a[1]) }),
        .attribute("EntityDeclHandler", get: { _, a in handler(a[0], .entityDecl) }, set: { t, a in setHandler(t, a[0], .entityDecl, a[1]) }),
        .attribute("XmlDeclHandler", get: { _, a in handler(a[0], .xmlDecl) }, set: { t, a in setHandler(t, a[0], .xmlDecl, a[1]) }),
        .attribute("ElementDeclHandler", get: { _, a in handler(a[0], .elementDecl) }, set: { t, a in setHandler(t, a[0], .elementDecl, a[1]) }),
        .attribute("AttlistDeclHandler", get: { _, a in handler(a[0], .attlistDecl) }, set: { t, a in setHandler(t, a[0], .attlistDecl, a[1]) }),
        .attribute("SkippedEntityHandler", get: { _, a in handler(a[0], .skippedEntity) }, set: { t, a in setHandler(t, a[0], .skippedEntity, a[1]) }),
    ])
}
