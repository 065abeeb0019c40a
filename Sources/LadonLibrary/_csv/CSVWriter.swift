// `_csv.writer`: fields joined and quoted by a dialect's rules, a row per write.

import LadonTypes

struct CSVWriterCell {
    var header: CellHeader
    /// The bound write method.
    var write: Value
    var dialect: Value
}

@inline(__always) private func writerCell(_ v: Value) -> UnsafeMutablePointer<CSVWriterCell> { v.cell(as: CSVWriterCell.self) }

func csvWriterDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_csv.writer", flags: [.disallowInstantiation],
                   doc: "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n",
                   size: MemoryLayout<CSVWriterCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]), members: [
                       .method("writerow", "(self, row, /)", { t, a in writeRow(t, a[0], a[1]) },
                               "writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields.  Non-string\nelements will be converted to string."),
                       .method("writerows", "(self, rows, /)", writer_writerows,
                               "writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file.  Non-string\nelements will be converted to string."),
                       .member("dialect", get: { t, a in writerCell(a[0]).pointee.dialect }),
                   ])
}

func makeCSVWriter(_ t: Thread, _ write: Value, _ dialect: Value) -> Value {
    let v = allocateInstance(t, csvTypes.writer.unsafelyUnwrapped, variableItems: 0)
    if v.isRaised { return v }
    writerCell(v).pointee.write = write
    writerCell(v).pointee.dialect = dialect
    return v
}

/// Appends one field's text. False: raised.
private func append(_ t: Thread, _ record: inout StringBuilder, _ d: DialectCell, _ text: Value, quoted asked: Bool) -> Bool {
    let terminator = d.lineTerminator.text
    func isSpecial(_ c: UInt32) -> Bool {
        if c == d.delimiter || c == d.escapeCharacter || c == d.quoteCharacter { return true }
        for i in 0..<terminator.count where terminator[i] == c { return true }
        return false
    }
    let source = text.text
    let count = source.count
    var quoted = asked
    if d.quoting != UInt8(CSVQuoting.none) && !quoted {
        // An escaped quote or escape character needs no quotes around it.
        for i in 0..<count where isSpecial(source[i]) {
            let c = source[i]
            let escapes = (c == d.quoteCharacter && !d.doubleQuote) || c == d.escapeCharacter
            if !escapes { quoted = true; break }
        }
    }
    if quoted { record.append(d.quoteCharacter) }
    for i in 0..<count {
        let c = source[i]
        if isSpecial(c) {
            var escapes = false
            if d.quoting == UInt8(CSVQuoting.none) { escapes = true } else if c == d.quoteCharacter {
                if d.doubleQuote { record.append(d.quoteCharacter) } else { escapes = true }
            } else if c == d.escapeCharacter { escapes = true }
            if escapes {
                if d.escapeCharacter == noCharacter { _ = raiseCSVError(t, "need to escape, but no escapechar set"); return false }
                record.append(d.escapeCharacter)
            }
        }
        record.append(c)
    }
    if quoted { record.append(d.quoteCharacter) }
    text.keepAlive
    return true
}

private func isNumber(_ v: Value) -> Bool {
    isInt(v) || isFloat(v) || isInstanceOf(v, .complex) || typeOf(v).has(.index) || typeOf(v).has(.int) || typeOf(v).has(.float)
}

private func writeRow(_ t: Thread, _ v: Value, _ row: Value) -> Value {
    let dialect = writerCell(v).pointee.dialect
    let d = dialectCell(dialect).pointee
    let iterator = iterate(t, row)
    if iterator.isRaised {
        if !exceptionMatches(t, .typeError) { return .raised }
        clearException(t)
        return raiseCSVError(t, "iterable expected, not \(typeName(row))")
    }
    var record = StringBuilder(t, capacity: 64)
    var count = 0
    while true {
        let field = next(t, iterator)
        if field.isRaised { return field }
        if field.isExhausted { break }
        var quoted = false
        switch Int(d.quoting) {
        case CSVQuoting.nonNumeric: quoted = !isNumber(field)
        case CSVQuoting.all: quoted = true
        default: break
        }
        var text = field
        if field.isNone { text = ladon_runtime.emptyString } else if !isInstanceOf(field, .str) {
            text = str(t, field)
            if text.isRaised { return text }
        }
        if count > 0 { record.append(d.delimiter) }
        count += 1
        if !append(t, &record, d, text, quoted: quoted) { return .raised }
    }
    if count > 0 && record.count == 0 {
        if d.quoting == UInt8(CSVQuoting.none) { return raiseCSVError(t, "single empty field record must be quoted") }
        record.append(d.quoteCharacter)
        record.append(d.quoteCharacter)
    }
    record.append(d.lineTerminator)
    let line = record.finish()
    return line.isRaised ? line : call(t, writerCell(v).pointee.write, line)
}

private func writer_writerows(_ t: Thread, _ a: Values) -> Value {
    let rows = iterate(t, a[1])
    if rows.isRaised { return rows }
    while true {
        let row = next(t, rows)
        if row.isRaised { return row }
        if row.isExhausted { return .none }
        if writeRow(t, a[0], row).isRaised { return .raised }
    }
}
