// The entries of a traceback: file, line, function, the source line and carets below the part that failed.

extension TracebackText {
    /// Repetitions of one line shown before they are counted instead.
    private static let repetitionsShown = 3

    mutating func appendTraceback(_ first: Value, header: String, headerMargin: String?) {
        var limit = 1000
        let setting = dictGet(t, interpreter(t).pointee.sysDict, name(.tracebacklimit))
        if setting.isRaised { clearException(t) } else if !setting.isMissing && isInt(setting) {
            limit = intAsWord(plainInt(setting)) ?? (intSign(plainInt(setting)) < 0 ? 0 : Int.max)
            if limit <= 0 { return }
        }
        margin(headerMargin)
        out.append(header)
        var depth = 0
        var entry = first
        while entry.isCell { depth += 1; entry = following(entry) }
        entry = first
        while depth > limit && entry.isCell { depth -= 1; entry = following(entry) }

        var lastFile = Value.none, lastName = Value.none
        var lastLine = -1, repetitions = 0
        while entry.isCell {
            let code = entry.asTraceback.pointee.frame.asFrame.pointee.code.asCode
            let line = entry.asTraceback.pointee.line
            if line != lastLine || !sameText(code.pointee.filename, lastFile) || !sameText(code.pointee.name, lastName) {
                appendRepetitions(repetitions)
                lastFile = code.pointee.filename
                lastName = code.pointee.name
                lastLine = line
                repetitions = 0
            }
            repetitions += 1
            if repetitions <= Self.repetitionsShown { appendEntry(entry, code, line) }
            entry = following(entry)
        }
        appendRepetitions(repetitions)
    }

    private func following(_ entry: Value) -> Value { loadSlot(&entry.asTraceback.pointee.next) }

    private func sameText(_ a: Value, _ b: Value) -> Bool { a == b || (a.isCell && b.isCell && stringEqual(a, b)) }

    private mutating func appendRepetitions(_ count: Int) {
        let more = count - Self.repetitionsShown
        if more > 0 { out.append("  [Previous line repeated \(more) more time\(more > 1 ? "s" : "")]\n") }
    }

    private mutating func appendEntry(_ entry: Value, _ code: CodePointer, _ line: Int) {
        margin()
        out.append("  File \"")
        out.append(code.pointee.filename)
        out.append("\", line \(line), in ")
        out.append(code.pointee.name)
        out.append("\n")
        guard line > 0, let source = sources.line(t, code.pointee.filename, line) else { return }
        let text = source.text
        var leading = 0
        while leading < text.count && (text[leading] == 32 || text[leading] == 9 || text[leading] == 12) { leading += 1 }
        margin()
        out.append("    ")
        out.append(source, leading, text.count)
        out.append("\n")

        guard let pc = PC(bitPattern: entry.asTraceback.pointee.pc), let position = code.position(at: pc),
              position.line > 0, position.endLine > 0, position.column >= 0, position.endColumn >= 0 else { return }
        let start = characterOffset(text, Int(position.column))
        var end = characterOffset(text, Int(position.endColumn))
        var anchors: ErrorAnchors?
        if position.line == position.endLine {
            anchors = errorAnchors(t, text, start, end)
        } else {
            end = text.count
            while end > 0 && (text[end - 1] == 32 || text[end - 1] == 9 || text[end - 1] == 12) { end -= 1 }
        }
        // Carets below the whole line say nothing.
        if end - start == text.count - leading && anchors == nil { return }
        margin()
        space(4)
        var column = leading
        while column < end {
            if column < start { out.append(32) }
            else if let anchors { out.append(column >= anchors.left && column < anchors.right ? 94 : 126) }
            else { out.append(94) }
            column += 1
        }
        out.append("\n")
    }

    /// The character at a UTF-8 byte offset of a line.
    private func characterOffset(_ text: Text, _ bytes: Int) -> Int {
        var remaining = bytes, i = 0
        while i < text.count && remaining > 0 {
            let c = text[i]
            remaining -= c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4
            i += 1
        }
        return i
    }
}
