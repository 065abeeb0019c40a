// The text that an uncaught exception leaves on sys.stderr: chained exceptions, tracebacks, messages, notes and
// exception groups, in the form of CPython 3.11's own printer (not of its `traceback` module; they differ in corners).
//
// The whole text is built first and written in one piece.

import LadonSyntax

/// Builds the text. Lives in a local variable only, because it holds a StringBuilder.
struct TracebackText {
    let t: Thread
    var out: StringBuilder
    /// Identities of the exceptions already shown, so that cycles of causes end.
    let seen: Value
    /// 0 outside of exception groups.
    var groupDepth = 0
    /// The line that closes a group has still to be written.
    var needsClose = false
    var sources = SourceLines()

    static let maximumGroupWidth = 15, maximumGroupDepth = 10
    private static let causeSentence: String = "The above exception was the direct cause of the following exception:\n"
    private static let contextSentence: String = "During handling of the above exception, another exception occurred:\n"

    init(_ t: Thread) {
        self.t = t
        out = StringBuilder(t, capacity: 512)
        seen = makeSet(t)
        clearException(t)
    }

    // MARK: margins

    var indent: Int { 2 * groupDepth }

    mutating func space(_ n: Int) { if n > 0 { out.append(32, times: n) } }

    mutating func margin(_ text: String? = nil) {
        space(indent)
        out.append(text ?? (groupDepth > 0 ? "| " : ""))
    }

    // MARK: chains

    /// The exceptions that led to `e`, then `e`. False: the chain is too deep.
    mutating func appendChain(_ e: Value) -> Bool {
        if !hasNativeRoom(t) { clearException(t); return false }
        if seen.bits != 0 {
            if setAdd(t, seen, identity(e)) < 0 { clearException(t) }
            let cause = loadSlot(&e.asException.pointee.cause), context = loadSlot(&e.asException.pointee.context)
            if cause.bits != 0 && !cause.isNone {
                if !appendEarlier(cause, Self.causeSentence) { return false }
            } else if !e.asException.pointee.suppressContext.isTrue && context.bits != 0 && !context.isNone {
                if !appendEarlier(context, Self.contextSentence) { return false }
            }
        }
        if isSubtype(typeOf(e), builtinType(.baseExceptionGroup)) { return appendGroup(e) }
        appendException(e)
        return true
    }

    private func identity(_ e: Value) -> Value { Value(smallInt: Int(bitPattern: e.bits) >> 4) }

    private mutating func appendEarlier(_ e: Value, _ sentence: String) -> Bool {
        if setContains(t, seen, identity(e)) != 0 { clearException(t); return true }
        let close = needsClose
        if !appendChain(e) { return false }
        needsClose = close
        margin(); out.append("\n")
        margin(); out.append(sentence)
        margin(); out.append("\n")
        return true
    }

    // MARK: one exception

    mutating func appendException(_ e: Value) {
        guard typeOf(e).pointee.flags.contains(.exceptionSubclass) else {
            margin()
            out.append("TypeError: print_exception(): Exception expected for value, \(typeName(e)) found\n")
            return
        }
        appendTraceback(of: e)
        let notes = getAttributeOrMissing(t, e, .__notes__)
        if notes.isRaised { clearException(t) }
        var message = e
        appendFileAndLine(&message)
        appendMessage(Value(typeOf(e)), message)
        if message == e, let suggestion = suggestion(t, for: e) {
            out.append(". Did you mean: '")
            out.append(suggestion)
            out.append("'?")
        }
        out.append("\n")
        if !notes.isRaised && !notes.isMissing { appendNotes(notes) }
    }

    private mutating func appendTraceback(of e: Value) {
        let traceback = loadSlot(&e.asException.pointee.traceback)
        if traceback.bits == 0 || traceback.isNone { return }
        if isSubtype(typeOf(e), builtinType(.baseExceptionGroup)) {
            appendTraceback(traceback, header: "Exception Group Traceback (most recent call last):\n", headerMargin: groupDepth == 1 ? "+ " : nil)
        } else {
            appendTraceback(traceback, header: "Traceback (most recent call last):\n", headerMargin: nil)
        }
    }

    /// "module.Type: text" without the newline; `value` None: the type only.
    mutating func appendMessage(_ type: Value, _ value: Value) {
        margin()
        appendTypeName(type, unknown: "<unknown>.")
        if value.isNone { return }
        let text = str(t, value)
        if text.isRaised {
            clearException(t)
            out.append(": <exception str() failed>")
        } else if text.strCount > 0 {
            out.append(": ")
            out.append(text)
        }
    }

    mutating func appendTypeName(_ type: Value, unknown: String) {
        let module = getAttributeOrMissing(t, type, .__module__)
        if module.isRaised || module.isMissing || !isInstanceOf(module, .str) {
            clearException(t)
            out.append(unknown)
        } else if !stringEqual(module, "builtins") && !stringEqual(module, "__main__") {
            out.append(module)
            out.append(".")
        }
        let qualname = loadSlot(&type.asType.pointee.qualname)
        if qualname.bits != 0 && isInstanceOf(qualname, .str) { out.append(qualname) } else { out.append("<unknown>") }
    }

    private mutating func appendNotes(_ notes: Value) {
        guard isInstanceOf(notes, .list) || isInstanceOf(notes, .tuple) || isInstanceOf(notes, .str) || typeOf(notes).has(.getItem) && !isInstanceOf(notes, .dict) else {
            margin()
            let text = repr(t, notes)
            if text.isRaised { clearException(t); out.append("<__notes__ repr() failed>") } else { out.append(text) }
            return
        }
        let items = sequenceToTuple(t, notes)
        if items.isRaised { clearException(t); return }
        for i in 0..<items.tupleCount {
            let text = str(t, items.tupleItems[i])
            if text.isRaised {
                clearException(t)
                margin()
                out.append("<note str() failed>")
            } else {
                appendLines(text)
            }
            out.append("\n")
        }
    }

    /// Text with the margin before each of its lines.
    private mutating func appendLines(_ text: Value) {
        let count = text.strCount
        if count == 0 { return }
        var start = 0
        while start < count {
            var end = start
            while end < count && !isLineBreak(stringCharAt(text, end)) { end += 1 }
            if end < count {
                let isPair = stringCharAt(text, end) == 13 && end + 1 < count && stringCharAt(text, end + 1) == 10
                end += isPair ? 2 : 1
            }
            margin()
            out.append(text, start, end)
            start = end
        }
    }

    private func isLineBreak(_ c: UInt32) -> Bool {
        switch c {
        case 10...13, 0x1C...0x1E, 0x85, 0x2028, 0x2029: return true
        default: return false
        }
    }

    // MARK: groups (PEP 654)

    private mutating func appendGroup(_ e: Value) -> Bool {
        if groupDepth > Self.maximumGroupDepth {
            margin()
            out.append("... (max_group_depth is \(Self.maximumGroupDepth))\n")
            return true
        }
        if groupDepth == 0 { groupDepth = 1 }
        appendException(e)
        let members = loadSlot(e.exceptionFields + ExceptionField.groupExceptions)
        let total = members.tupleCount
        let shown = total <= Self.maximumGroupWidth ? total : Self.maximumGroupWidth + 1
        needsClose = false
        for i in 0..<shown {
            let isLast = i == shown - 1
            if isLast { needsClose = true }
            let isRest = i >= Self.maximumGroupWidth
            space(indent)
            out.append("\(i == 0 ? "+-" : "  ")+---------------- \(isRest ? "..." : String(i + 1)) ----------------\n")
            groupDepth += 1
            if isRest {
                let rest = total - Self.maximumGroupWidth
                margin()
                out.append("and \(rest) more exception\(rest > 1 ? "s" : "")\n")
            } else if !appendChain(members.tupleItems[i]) {
                return false
            }
            if isLast && needsClose {
                space(indent)
                out.append("+------------------------------------\n")
                needsClose = false
            }
            groupDepth -= 1
        }
        if groupDepth == 1 { groupDepth = 0 }
        return true
    }

    // MARK: syntax errors

    /// For an exception with `print_file_and_line` (SyntaxError): where it is, the line and carets. `message` becomes what to show
    /// after the type's name.
    private mutating func appendFileAndLine(_ message: inout Value) {
        let e = message
        let marker = getAttributeOrMissing(t, e, .print_file_and_line)
        if marker.isRaised { clearException(t); return }
        if marker.isMissing { return }
        func field(_ n: Name) -> Value? {
            let v = getAttributeOrMissing(t, e, n)
            if v.isRaised { clearException(t); return nil }
            return v.isMissing ? nil : v
        }
        func number(_ v: Value) -> Int? {
            guard isInt(v), let n = intAsWord(plainInt(v)) else { return nil }
            return n
        }
        guard let text = field(.msg), let file = field(.filename), let lineValue = field(.lineno), let line = number(lineValue),
              let offsetValue = field(.offset), let source = field(.text) else { return }
        var offset = -1, endLine = line, endOffset = -1
        if !offsetValue.isNone {
            guard let n = number(offsetValue) else { return }
            offset = n
        }
        if typeOf(e) == builtinType(.syntaxError) {
            guard let endLineValue = field(.end_lineno), let endOffsetValue = field(.end_offset) else { return }
            if !endLineValue.isNone { guard let n = number(endLineValue) else { return }; endLine = n }
            if !endOffsetValue.isNone { guard let n = number(endOffsetValue) else { return }; endOffset = n }
        } else {
            endOffset = offset
        }
        let name = file.isNone ? makeString(t, "<string>") : str(t, file)
        if name.isRaised { clearException(t); return }
        message = text
        margin()
        out.append("  File \"")
        out.append(name)
        out.append("\", line \(line)\n")
        if !source.isNone && isInstanceOf(source, .str) { appendErrorText(swiftString(source), line, offset, endLine, endOffset) }
    }

    /// The source line and carets. Positions count from 1, in characters; like CPython it measures the line in UTF-8 bytes.
    private mutating func appendErrorText(_ source: String, _ line: Int, _ givenOffset: Int, _ endLine: Int, _ givenEnd: Int) {
        let bytes = Array(source.utf8)
        var end = givenEnd
        if endLine > line { end = bytes.count }
        var offset = min(givenOffset, bytes.count + 1)
        end = min(end, bytes.count + 1)
        let carets = end > 0 && end > offset ? end - offset : 1
        offset -= 1
        var start = 0
        while start < bytes.count && (bytes[start] == 32 || bytes[start] == 9 || bytes[start] == 12) { start += 1; offset -= 1 }
        var length = bytes.count - start
        if length > 0 && bytes[bytes.count - 1] == 10 { length -= 1 }
        offset = min(offset, length)
        // The error may be in a later line of a text of several.
        while let newline = bytes[start...].firstIndex(of: 10), newline - start < offset {
            offset -= newline - start + 1
            length -= newline - start + 1
            start = newline + 1
        }
        out.append("    ")
        out.append(String(decoding: bytes[start...], as: UTF8.self))
        if start + length >= bytes.count { out.append("\n") }
        if offset < 0 { return }
        out.append("    ")
        space(offset)
        out.append(94, times: carets)
        out.append("\n")
    }
}
