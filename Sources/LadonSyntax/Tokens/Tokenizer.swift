/// Source text to tokens, CPython 3.11's way: indentation by two measures of the tab, brackets that suspend
/// it, errors with CPython's positions. F-strings come out whole, as `string` tokens, but their ends are found
/// by Python 3.12's rules.
struct Tokenizer {
  let text: SourceText
  let base: UnsafePointer<UInt8>
  /// Where the source ends for this run; the end of a replacement field when an f-string is read.
  let end: Int
  let rules: IdentifierRules
  var pos: Int
  var line: Int
  var lineStart: Int
  /// Where CPython's line buffer would begin: a logical line joined by backslashes stays in one buffer.
  var bufferStart: Int
  var level = 0
  var tokens = ContiguousArray<Token>()
  var warnings: [SourceWarning] = []
  var failure: TokenizerFailure?
  /// Whether type comments are tokens; they are blanks else.
  var readsTypeComments = false
  var typeIgnores: [TypeIgnore] = []

  private var atLineStart = true
  private var indents: [Int] = [0]
  /// The same columns with tabs counted as one: both measures must order lines alike.
  private var alternateIndents: [Int] = [0]
  private var brackets: [OpenBracket] = []

  static let maximumIndentation = 100
  static let maximumNesting = 200

  /// A whole source.
  init(text: SourceText, rules: IdentifierRules) {
    self.text = text
    self.rules = rules
    base = UnsafePointer(text.base)
    end = text.count
    pos = 0
    line = text.firstLine
    lineStart = 0
    bufferStart = 0
    tokens.reserveCapacity(text.count / 4 + 8)
  }

  /// A replacement field of an f-string: read as if in parentheses, with the positions it has in the file.
  init(field range: Range<Int>, line: Int, lineStart: Int, text: SourceText, rules: IdentifierRules) {
    self.text = text
    self.rules = rules
    base = UnsafePointer(text.base)
    end = range.upperBound
    pos = range.lowerBound
    self.line = line
    self.lineStart = lineStart
    bufferStart = lineStart
    atLineStart = false
    level = 1
    brackets = [OpenBracket(kind: UInt8(ascii: "("), line: line, offset: range.lowerBound)]
    pos -= 1
    let start = pos
    pos += 1
    emit(.leftParen, from: start)
  }

  /// Reads to the end. `isField`: the text is a replacement field, whose braces become a pair of parentheses
  /// (so that blanks, newlines, tuples and generator expressions in it need no rules of their own).
  mutating func run(isField: Bool = false) -> TokenStream {
    while failure == nil, scan(isField) {}
    return TokenStream(
      text: text, tokens: tokens, failure: failure, openBracket: brackets.last, warnings: warnings)
  }

  // MARK: Emitting

  @inline(__always)
  mutating func emit(_ kind: TokenKind, from start: Int) {
    let from = Int32(truncatingIfNeeded: start - lineStart)
    let to = Int32(truncatingIfNeeded: pos - lineStart)
    let number = Int32(truncatingIfNeeded: line)
    tokens.append(
      Token(
        kind: kind, level: UInt16(truncatingIfNeeded: level), start: Int32(truncatingIfNeeded: start),
        end: Int32(truncatingIfNeeded: pos), line: number, column: from, endLine: number, endColumn: to))
  }

  mutating func emitLayout(_ kind: TokenKind) {
    // A source without any line has its end on line 0.
    let number = text.count == 0 ? 0 : Int32(truncatingIfNeeded: line)
    let at = Int32(truncatingIfNeeded: pos)
    tokens.append(
      Token(
        kind: kind, level: UInt16(truncatingIfNeeded: level), start: at, end: at, line: number, column: -1,
        endLine: number, endColumn: Int32(truncatingIfNeeded: pos - lineStart)))
  }

  @inline(__always) func peek(_ offset: Int = 0) -> UInt8 { pos + offset < end ? base[pos + offset] : 0 }

  // MARK: Failing

  mutating func fail(_ reason: TokenizerFailure) {
    failure = reason
    emitLayout(.error)
  }

  /// An error at the place reached, in the manner of CPython's tokenizer: the text has no newline.
  mutating func raise(_ message: String) {
    let offset = characters(from: lineStart, to: pos)
    raise(message, offset: offset, endOffset: offset)
  }

  mutating func raise(_ message: String, offset: Int, endOffset: Int) {
    let shown = text.string(lineStart, text.lineEnd(of: lineStart))
    fail(
      .raised(
        SyntaxFailure(
          message: message, line: line, offset: offset, endLine: line, endOffset: endOffset, text: shown)))
  }

  func characters(from start: Int, to finish: Int) -> Int {
    var count = 0
    var at = start
    while at < finish {
      if base[at] & 0xC0 != 0x80 { count += 1 }
      at += 1
    }
    return count
  }

  private mutating func failIndentation(
    _ kind: SyntaxFailure.Kind, _ message: String, offset: Int, endOffset: Int, atLineEnd: Bool
  ) {
    let lineEnd = text.lineEnd(of: pos)
    let shown = text.string(lineStart, min(lineEnd + 1, text.count))
    var at = offset
    if atLineEnd {
      pos = min(lineEnd + 1, text.count)
      at = characters(from: lineStart, to: pos)
    }
    fail(
      .pending(
        SyntaxFailure(
          kind: kind, message: message, line: line, offset: at, endLine: line, endOffset: endOffset, text: shown)))
  }

  // MARK: Scanning

  /// One token, or several of layout; false at the end.
  private mutating func scan(_ isField: Bool) -> Bool {
    var blank = false
    if atLineStart {
      atLineStart = false
      guard measureIndentation(&blank) else { return false }
    }
    while true {
      // Blanks and comments.
      while pos < end, base[pos] == 32 || base[pos] == 9 || base[pos] == 12 { pos += 1 }
      let start = pos
      if pos < end, base[pos] == 35 {
        while pos < end, base[pos] != 10 { pos += 1 }
        if readsTypeComments, scanTypeComment(from: start) { return true }
      }
      if pos >= end {
        if level > (isField ? 1 : 0) {
          settleAtEnd()
          fail(.endOfSource)
        } else if isField {
          if level == 1 {
            level = 0
            let start = pos
            pos += 1
            emit(.rightParen, from: start)
          }
          emitLayout(.endMarker)
        } else {
          // At the end of a source whose last line is complete, CPython still stands on that line.
          if pos > 0, pos == lineStart, base[pos - 1] == 10, line > text.firstLine {
            line -= 1
            lineStart = text.lineStart(of: pos - 1)
          }
          emitLayout(.endMarker)
        }
        return false
      }
      let c = base[pos]
      if c == 10 {
        if blank || level > 0 {
          pos += 1
          line += 1
          lineStart = pos
          bufferStart = pos
          if level == 0 {
            blank = false
            guard measureIndentation(&blank) else { return false }
          }
          continue
        }
        emit(.newline, from: start)
        pos += 1
        line += 1
        lineStart = pos
        bufferStart = pos
        atLineStart = true
        return true
      }
      if c == 92 {
        guard continueLine() else { return false }
        continue
      }
      scanToken(c)
      return failure == nil
    }
  }

  /// A backslash: it must be the last character of its line, and another line must follow.
  private mutating func continueLine() -> Bool {
    pos += 1
    if pos >= end || base[pos] != 10 {
      if pos < end { pos += 1 }
      let shown = text.string(bufferStart, min(text.lineEnd(of: lineStart) + 1, text.count))
      let offset = characters(from: bufferStart, to: pos)
      fail(
        .pending(
          SyntaxFailure(
            message: "unexpected character after line continuation character", line: line, offset: offset,
            endLine: line, endOffset: 0, text: shown)))
      return false
    }
    pos += 1
    if pos >= end {
      fail(.endOfSource)
      return false
    }
    line += 1
    lineStart = pos
    return true
  }

  /// Compares a line's indentation with the lines before. `blank` is set for lines that don't count.
  private mutating func measureIndentation(_ blank: inout Bool) -> Bool {
    var column = 0
    var alternate = 0
    var continued = 0
    scan: while true {
      switch pos < end ? base[pos] : 0 {
      case 32:
        column += 1
        alternate += 1
      case 9:
        column = (column / 8 + 1) * 8
        alternate += 1
      case 12:
        column = 0
        alternate = 0
      case 92:
        // The indentation that counts is the one before the first backslash.
        if continued == 0 { continued = column }
        guard continueLine() else { return false }
        bufferStart = pos
        continue scan
      default:
        break scan
      }
      pos += 1
    }
    if pos < end, base[pos] == 35 || base[pos] == 10 {
      blank = true
      return true
    }
    if level > 0 { return true }
    if continued != 0 {
      column = continued
      alternate = continued
    }
    var depth = indents.count - 1
    let tabs = "inconsistent use of tabs and spaces in indentation"
    if pos >= end {
      // At the end CPython has gone back to the last line, if that line was complete.
      settleAtEnd()
    }
    if column == indents[depth] {
      if alternate != alternateIndents[depth] {
        failIndentation(.tab, tabs, offset: 1, endOffset: 0, atLineEnd: false)
        return false
      }
      return true
    }
    if column > indents[depth] {
      if depth + 1 >= Self.maximumIndentation {
        failIndentation(
          .indentation, "too many levels of indentation", offset: 1, endOffset: 0, atLineEnd: false)
        return false
      }
      if alternate <= alternateIndents[depth] {
        failIndentation(.tab, tabs, offset: 1, endOffset: 0, atLineEnd: false)
        return false
      }
      indents.append(column)
      alternateIndents.append(alternate)
      emitLayout(.indent)
      return true
    }
    var closed = 0
    while depth > 0, column < indents[depth] {
      indents.removeLast()
      alternateIndents.removeLast()
      depth -= 1
      closed += 1
    }
    if column != indents[depth] {
      failIndentation(
        .indentation, "unindent does not match any outer indentation level", offset: 0, endOffset: -1,
        atLineEnd: true)
      return false
    }
    if alternate != alternateIndents[depth] {
      failIndentation(.tab, tabs, offset: 1, endOffset: 0, atLineEnd: false)
      return false
    }
    for _ in 0..<closed { emitLayout(.dedent) }
    return true
  }

  /// In interactive mode CPython's parser turns the end into a newline and, unless told otherwise, closes the
  /// blocks that are still open (the source lacked its last newline).
  func completedForInteractiveUse(_ stream: TokenStream, closesBlocks: Bool) -> TokenStream {
    guard let marker = tokens.last, marker.kind == .endMarker, tokens.count > 1 else { return stream }
    var all = tokens
    func insert(_ kind: TokenKind) {
      var token = marker
      token.kind = kind
      all.insert(token, at: all.count - 1)
    }
    insert(.newline)
    if closesBlocks, indents.count > 1 {
      for _ in 1..<indents.count { insert(.dedent) }
      insert(.newline)
    }
    return TokenStream(text: text, tokens: all, failure: nil, openBracket: nil, warnings: warnings)
  }

  private mutating func settleAtEnd() {
    if pos > 0, pos == lineStart, base[pos - 1] == 10, line > text.firstLine {
      line -= 1
      lineStart = text.lineStart(of: pos - 1)
    }
  }

  // MARK: Tokens

  private mutating func scanToken(_ c: UInt8) {
    let start = pos
    switch c {
    case 97...122, 65...90, 95, 128...255: scanName(c)
    case 48...57: scanNumber()
    case 34, 39: scanString(from: start, prefix: StringPrefix())
    case 46:
      let next = peek(1)
      if next >= 48, next <= 57 { scanNumber() } else if next == 46, peek(2) == 46 {
        pos += 3
        emit(.ellipsis, from: start)
      } else {
        pos += 1
        emit(.dot, from: start)
      }
    case 40, 91, 123:
      pos += 1
      if level >= Self.maximumNesting {
        raise("too many nested parentheses")
        return
      }
      brackets.append(OpenBracket(kind: c, line: line, offset: start))
      level += 1
      emit(c == 40 ? .leftParen : (c == 91 ? .leftBracket : .leftBrace), from: start)
    case 41, 93, 125: closeBracket(c)
    default: scanOperator(c)
    }
  }

  private mutating func closeBracket(_ c: UInt8) {
    let start = pos
    pos += 1
    let shown = Character(Unicode.Scalar(c))
    guard let opened = brackets.last else {
      raise("unmatched '\(shown)'")
      return
    }
    let expected: UInt8 = opened.kind == 40 ? 41 : opened.kind + 2
    if c != expected {
      var message = "closing parenthesis '\(shown)' does not match opening parenthesis "
      message += "'\(Character(Unicode.Scalar(opened.kind)))'"
      if opened.line != line { message += " on line \(opened.line)" }
      raise(message)
      return
    }
    brackets.removeLast()
    level -= 1
    emit(c == 41 ? .rightParen : (c == 93 ? .rightBracket : .rightBrace), from: start)
  }

  private mutating func scanOperator(_ c: UInt8) {
    let start = pos
    let next = peek(1)
    let isAssignment = next == 61
    var width = isAssignment ? 2 : 1
    var kind: TokenKind = .unknown
    switch c {
    case UInt8(ascii: ":"): kind = isAssignment ? .colonEqual : .colon
    case UInt8(ascii: ","):
      kind = .comma
      width = 1
    case UInt8(ascii: ";"):
      kind = .semicolon
      width = 1
    case UInt8(ascii: "="): kind = isAssignment ? .equalEqual : .equal
    case UInt8(ascii: "+"): kind = isAssignment ? .plusEqual : .plus
    case UInt8(ascii: "-"):
      kind = isAssignment ? .minusEqual : .minus
      if next == 62 {
        kind = .arrow
        width = 2
      }
    case UInt8(ascii: "*"):
      kind = isAssignment ? .starEqual : .star
      if next == 42 { (kind, width) = peek(2) == 61 ? (.doubleStarEqual, 3) : (.doubleStar, 2) }
    case UInt8(ascii: "/"):
      kind = isAssignment ? .slashEqual : .slash
      if next == 47 { (kind, width) = peek(2) == 61 ? (.doubleSlashEqual, 3) : (.doubleSlash, 2) }
    case UInt8(ascii: "%"): kind = isAssignment ? .percentEqual : .percent
    case UInt8(ascii: "@"): kind = isAssignment ? .atEqual : .at
    case UInt8(ascii: "|"): kind = isAssignment ? .verticalEqual : .vertical
    case UInt8(ascii: "&"): kind = isAssignment ? .ampersandEqual : .ampersand
    case UInt8(ascii: "^"): kind = isAssignment ? .circumflexEqual : .circumflex
    case UInt8(ascii: "~"):
      kind = .tilde
      width = 1
    case UInt8(ascii: "<"):
      kind = isAssignment ? .lessEqual : .less
      if next == 60 {
        (kind, width) = peek(2) == 61 ? (.leftShiftEqual, 3) : (.leftShift, 2)
      } else if next == 62 {
        (kind, width) = (.unknown, 2)
      }
    case UInt8(ascii: ">"):
      kind = isAssignment ? .greaterEqual : .greater
      if next == 62 { (kind, width) = peek(2) == 61 ? (.rightShiftEqual, 3) : (.rightShift, 2) }
    case UInt8(ascii: "!"): if isAssignment { kind = .notEqual }
    default:
      width = 1
      if c < 32 || c == 127 {
        pos += 1
        raise("invalid non-printable character U+\(Self.hex(UInt32(c)))")
        return
      }
    }
    pos += width
    emit(kind, from: start)
  }

  /// At least four hexadecimal digits.
  static func hex(_ point: UInt32) -> String {
    let digits = String(point, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}
