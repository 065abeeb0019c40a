// `_csv.reader`: a state machine over the characters of the lines, with the end of a line as a character too.

import LadonTypes

struct CSVReaderCell {
    var header: CellHeader
    var input: Value
    var dialect: Value
    var lineNumber: Int
}

@inline(__always) private func readerCell(_ v: Value) -> UnsafeMutablePointer<CSVReaderCell> { v.cell(as: CSVReaderCell.self) }

func csvReaderDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_csv.reader", flags: [.disallowInstantiation],
                   doc: "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n",
                   size: MemoryLayout<CSVReaderCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
                   slots: [.unary(.iter) { t, v in v }, .unary(.next, reader_next)], members: [
                       .member("dialect", get: { t, a in readerCell(a[0]).pointee.dialect }),
                       .member("line_num", get: { t, a in makeInt(t, readerCell(a[0]).pointee.lineNumber) }),
                   ])
}

func makeCSVReader(_ t: Thread, _ input: Value, _ dialect: Value) -> Value {
    let v = allocateInstance(t, csvTypes.reader.unsafelyUnwrapped, variableItems: 0)
    if v.isRaised { return v }
    readerCell(v).pointee.input = input
    readerCell(v).pointee.dialect = dialect
    return v
}

private enum CSVState {
    case startRecord, startField, escapedCharacter, inField, inQuotedField, escapeInQuotedField, quoteInQuotedField, eatLineEnd, afterEscapedLineEnd
}

/// Stands for the end of a line given by the input.
private let endOfLine: UInt32 = 0xFFFF_FFFE

/// One row in the making; lives on the native stack for the time of a `next`.
private struct RowParser {
    let t: Thread
    let rules: UnsafeMutablePointer<DialectCell>
    let fields: Value
    var field: StringBuilder
    var state = CSVState.startRecord
    var isNumeric = false

    /// False: raised.
    mutating func save() -> Bool {
        var text = field.finish()
        field = StringBuilder(t)
        if text.isRaised { return false }
        if isNumeric {
            isNumeric = false
            text = call(t, builtinType(.float).value, text)
            if text.isRaised { return false }
        }
        return listAppend(t, fields, text) >= 0
    }
    mutating func add(_ c: UInt32) -> Bool {
        if field.count >= csvFieldLimit { _ = raiseCSVError(t, "field larger than field limit (\(csvFieldLimit))"); return false }
        field.append(c)
        return true
    }
    private func isLineEnd(_ c: UInt32) -> Bool { c == 10 || c == 13 || c == endOfLine }
    private mutating func endField(_ c: UInt32) -> Bool {
        state = c == endOfLine ? .startRecord : .eatLineEnd
        return save()
    }

    /// False: raised.
    mutating func take(_ c: UInt32) -> Bool {
        let d = rules.pointee
        let quotes = d.quoting != UInt8(CSVQuoting.none)
        switch state {
        case .startRecord, .startField:
            if state == .startRecord {
                if c == endOfLine { return true }
                if isLineEnd(c) { state = .eatLineEnd; return true }
                state = .startField
            }
            if isLineEnd(c) { return endField(c) }
            if c == d.quoteCharacter && quotes { state = .inQuotedField } else if c == d.escapeCharacter { state = .escapedCharacter }
            else if c == 32 && d.skipsInitialSpace { return true }
            else if c == d.delimiter { return save() }
            else {
                if d.quoting == UInt8(CSVQuoting.nonNumeric) { isNumeric = true }
                state = .inField
                return add(c)
            }
            return true
        case .escapedCharacter:
            if c == 10 || c == 13 { state = .afterEscapedLineEnd; return add(c) }
            state = .inField
            return add(c == endOfLine ? 10 : c)
        case .afterEscapedLineEnd, .inField:
            if state == .afterEscapedLineEnd {
                if c == endOfLine { return true }
                state = .inField
            }
            if isLineEnd(c) { return endField(c) }
            if c == d.escapeCharacter { state = .escapedCharacter; return true }
            if c == d.delimiter { state = .startField; return save() }
            return add(c)
        case .inQuotedField:
            if c == endOfLine { return true }
            if c == d.escapeCharacter { state = .escapeInQuotedField; return true }
            if c == d.quoteCharacter && quotes { state = d.doubleQuote ? .quoteInQuotedField : .inField; return true }
            return add(c)
        case .escapeInQuotedField:
            state = .inQuotedField
            return add(c == endOfLine ? 10 : c)
        case .quoteInQuotedField:
            if quotes && c == d.quoteCharacter { state = .inQuotedField; return add(c) }
            if c == d.delimiter { state = .startField; return save() }
            if isLineEnd(c) { return endField(c) }
            if !d.isStrict { state = .inField; return add(c) }
            let shown = String(Character(Unicode.Scalar(d.delimiter) ?? "?")), quote = String(Character(Unicode.Scalar(d.quoteCharacter) ?? "?"))
            _ = raiseCSVError(t, "'\(shown)' expected after '\(quote)'")
            return false
        case .eatLineEnd:
            if c == 10 || c == 13 { return true }
            if c == endOfLine { state = .startRecord; return true }
            _ = raiseCSVError(t, "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?")
            return false
        }
    }

    /// A line and its end. False: raised.
    mutating func take(line: Value) -> Bool {
        let text = line.text
        let count = text.count
        let d = rules.pointee
        var i = 0
        while i < count {
            // Ordinary characters inside a field are taken in runs.
            if state == .inField || state == .inQuotedField {
                let start = i
                while i < count {
                    let c = text[i]
                    if c == d.delimiter || c == d.quoteCharacter || c == d.escapeCharacter || c == 10 || c == 13 { break }
                    i += 1
                }
                if i > start {
                    if field.count + (i - start) > csvFieldLimit { _ = raiseCSVError(t, "field larger than field limit (\(csvFieldLimit))"); return false }
                    field.append(line, start, i)
                    continue
                }
            }
            if !take(text[i]) { return false }
            i += 1
        }
        line.keepAlive
        return take(endOfLine)
    }
}

private func reader_next(_ t: Thread, _ v: Value) -> Value {
    let r = readerCell(v)
    let dialect = r.pointee.dialect
    let fields = makeList(t)
    if fields.isRaised { return fields }
    var parser = RowParser(t: t, rules: dialectCell(dialect), fields: fields, field: StringBuilder(t))
    repeat {
        let line = next(t, r.pointee.input)
        if line.isRaised { return line }
        if line.isExhausted {
            if parser.field.count == 0 && parser.state != .inQuotedField { return .exhausted }
            if dialectCell(dialect).pointee.isStrict { return raiseCSVError(t, "unexpected end of data") }
            if !parser.save() { return .raised }
            break
        }
        if !isInstanceOf(line, .str) {
            return raiseCSVError(t, "iterator should return strings, not \(typeName(line)) (the file should be opened in text mode)")
        }
        r.pointee.lineNumber += 1
        if !parser.take(line: line) { return .raised }
    } while parser.state != .startRecord
    dialect.keepAlive
    fields.keepAlive
    return fields
}
