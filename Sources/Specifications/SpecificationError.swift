// SpecificationError.swift: what is wrong in a spec, a policy or a cell file, where, and the way out.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong in a file that a person wrote: a spec, a policy or a list of cells.
///
/// Its text names the file, the line and column where there are any, the key, and what to write
/// instead. Nothing of it comes from inside a file of cells: no value, and no name of a column.
public struct SpecificationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, as the user named it.
  public let file: String
  /// The line, from 1; `nil` where the whole file is meant.
  public let line: Int?
  /// The column in characters, from 1.
  public let column: Int?
  /// The path of the key, such as `budget.epsilon`.
  public let key: String?
  /// What is wrong and what to write instead, in one sentence or two.
  public let message: String

  /// Makes an error.
  public init(
    file: String,
    line: Int? = nil,
    column: Int? = nil,
    key: String? = nil,
    message: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.key = key
    self.message = message
  }

  /// The error in one line: `FILE:LINE:COLUMN: key: message`.
  public var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if line != nil, let column { place += ":\(column)" }
    if let key, !key.isEmpty { place += ": \(key)" }
    return "\(place): \(message)"
  }
}
