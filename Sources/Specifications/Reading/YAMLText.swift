// YAMLText.swift: a YAML file as a tree of nodes that know where they stand.
// SPDX-License-Identifier: Apache-2.0

import Yams

/// A YAML file as a tree of nodes that know where they stand.
///
/// One document, no anchors: an alias stands for the same text twice, and a chain of them for
/// exponentially much, which nothing that is written here needs.
struct YAMLText {
  /// The longest file, in bytes.
  static let longest = 4 << 20

  /// The file, as the user named it.
  let file: String
  /// The folder that paths in it are relative to.
  let directory: String
  /// Its bytes.
  let bytes: [UInt8]
  /// The tree.
  let root: NodeReader

  /// Reads a file; `what` names it in errors, such as `spec`.
  init(at path: String, what: String) throws(SpecificationError) {
    let bytes: [UInt8]
    do {
      bytes = try PublicFile(at: path, limit: Self.longest).bytes
    } catch {
      throw SpecificationError(
        file: path,
        message: "cannot be read (\(error.text)); name a \(what) file in YAML"
      )
    }
    try self.init(bytes, file: path, what: what)
  }

  /// Reads bytes as if they stood in `file`.
  init(_ bytes: [UInt8], file: String, what: String) throws(SpecificationError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SpecificationError(
        file: file,
        line: Self.lineOfInvalidText(in: bytes),
        message: "is not UTF-8 text; save the \(what) as plain text in UTF-8"
      )
    }
    if let alias = Self.alias(in: text) {
      throw SpecificationError(
        file: file,
        line: alias.line,
        column: alias.column,
        message: "aliases (`*\(alias.name)`) are not read; write the value out"
      )
    }
    self.file = file
    self.bytes = bytes
    directory = PathText.directory(of: file)
    root = NodeReader(node: try Self.tree(text, file: file, what: what), file: file, key: "")
  }

  private static func tree(
    _ text: String,
    file: String,
    what: String
  ) throws(SpecificationError) -> Node {
    do {
      let parser = try Parser(yaml: text, encoding: .utf8)
      if let node = try parser.singleRoot() { return node }
    } catch let error as YamlError {
      throw described(error, file: file)
    } catch {
      throw SpecificationError(file: file, message: "is not YAML; see the example in the manual")
    }
    throw SpecificationError(file: file, message: "is empty; write a \(what) with its keys")
  }

  private static func described(_ error: YamlError, file: String) -> SpecificationError {
    func at(_ mark: Mark?, _ message: String) -> SpecificationError {
      SpecificationError(file: file, line: mark?.line, column: mark?.column, message: message)
    }
    switch error {
    case .scanner(_, let problem, let mark, _)
    where problem.contains("expected alphabetic or numeric"):
      return at(mark, #"a value that begins with * or & needs quotes; write "*.csv""#)
    case .composer(_, let problem, let mark, _) where problem.contains("undefined alias"):
      return at(mark, #"a value that begins with * needs quotes; write "*.csv""#)
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      return at(mark, "is not YAML here (\(problem)); check the indentation, quotes and brackets")
    case .composer(_, let problem, let mark, _):
      if problem.contains("another document") {
        return at(mark, "begins a second document; write one document in a file")
      }
      return at(mark, "is not YAML here (\(problem)); write the value out")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "`\($0)`" }.joined(separator: ", ")
      return at(context.mark, "the key \(names) is written twice; keep one")
    case .reader(let problem, _, _, _):
      return at(nil, "is not text (\(problem)); save it as plain text in UTF-8")
    default:
      return at(nil, "is not YAML; check the indentation, quotes and brackets")
    }
  }

  /// The line of the first byte that is not UTF-8.
  private static func lineOfInvalidText(in bytes: [UInt8]) -> Int {
    var line = 1
    for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if String(validating: piece, as: UTF8.self) == nil { break }
      line += 1
    }
    return line
  }

  /// The first `*name` that follows an `&name`, both where YAML would read them as such.
  ///
  /// It is looked for before the text is parsed, because a parsed alias costs what it stands for.
  private static func alias(in text: String) -> (name: String, line: Int, column: Int)? {
    var anchors: Set<String> = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where line.utf8.contains(UInt8(ascii: "&")) || !anchors.isEmpty {
      var before: Unicode.Scalar = " "
      let scalars = Array(line.unicodeScalars)
      for (column, scalar) in scalars.enumerated() {
        defer { before = scalar }
        guard scalar == "&" || scalar == "*", " \t[{,:-?".unicodeScalars.contains(before) else {
          continue
        }
        let rest = scalars[(column + 1)...].prefix { !" \t\r,[]{}".unicodeScalars.contains($0) }
        var name = ""
        name.unicodeScalars.append(contentsOf: rest)
        guard !name.isEmpty else { continue }
        if scalar == "&" { anchors.insert(name) }
        // A colon may end the name of an alias that is a key.
        let trimmed = name.hasSuffix(":") ? String(name.dropLast()) : name
        if scalar == "*", anchors.contains(name) || anchors.contains(trimmed) {
          return (trimmed, index + 1, column + 1)
        }
      }
    }
    return nil
  }
}
