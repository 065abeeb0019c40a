/// Type comments (PEP 484), which are tokens only for those who ask for them; tokens of other versions, and of PEP 401.
extension Tokenizer {
  /// At the end of a comment: whether it was a type comment. One with `ignore` is noted but no token.
  mutating func scanTypeComment(from start: Int) -> Bool {
    var at = start
    for expected in "# type: ".utf8 {
      if expected == 32 {
        while at < pos, base[at] == 32 || base[at] == 9 { at += 1 }
      } else if at < pos, base[at] == expected {
        at += 1
      } else {
        return false
      }
    }
    let tag = at + 6
    if tag <= pos, text.string(at, tag) == "ignore", tag == pos || !Self.continuesWord(base[tag]) {
      typeIgnores.append(TypeIgnore(line: line, tag: text.string(tag, pos)))
      return false
    }
    emit(.typeComment, from: at)
    return true
  }

  /// An underscore ends the word, unlike elsewhere.
  private static func continuesWord(_ c: UInt8) -> Bool { continuesName(c) && c != 95 }
}

extension TokenStream {
  /// `from __future__ import barry_as_FLUFL`.
  func swapInequalities() {
    for index in 0..<count {
      let start = Int(tokens[index].start)
      if tokens[index].kind == .notEqual {
        tokens[index].kind = .unknown
      } else if tokens[index].kind == .unknown, tokens[index].end - tokens[index].start == 2,
        text.base[start] == UInt8(ascii: "<"), text.base[start + 1] == UInt8(ascii: ">")
      {
        tokens[index].kind = .notEqual
      }
    }
  }

  /// Before Python 3.7 `async` was a word of the language only before `def`, and both words only within such a function.
  func takeAsyncWordsAsNames() {
    var depth = 0
    /// How deep the `async def` stands that we are in.
    var definition: Int?
    var isPastHeader = false
    for index in 0..<count {
      switch tokens[index].kind {
      case .indent: depth += 1
      case .dedent: depth -= 1
      case .newline: isPastHeader = true
      // On a line of its own it stands before the indentation.
      case .typeComment: continue
      case let kind:
        if let outer = definition, isPastHeader, outer >= depth { definition = nil }
        guard definition == nil, kind == .kwAsync || kind == .kwAwait else { continue }
        if kind == .kwAsync, index + 1 < count, tokens[index + 1].kind == .kwDef {
          definition = depth
          isPastHeader = false
        } else {
          tokens[index].kind = .name
        }
      }
    }
  }
}
