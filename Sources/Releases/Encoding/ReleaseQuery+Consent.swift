// ReleaseQuery+Consent.swift: the rule on consent in a release, and nothing of what it left out.
// Reference: `docs/formats.md`, section "release.json"; `docs/consent.md`.
// SPDX-License-Identifier: Apache-2.0

extension JSONWriter {
  /// Appends the rule: whether a column was used, or by what a purpose had to be allowed.
  mutating func consent(_ query: ReleaseQuery) {
    guard let purpose = query.purpose else {
      boolean(query.consent)
      return
    }
    raw("{\"by\":")
    strings(query.consent ? ["column", "registry"] : ["registry"])
    raw(",\"purpose\":")
    string(purpose)
    raw("}")
  }
}

extension JSONCursor {
  /// Reads the rule: whether a column was used, and the purpose where a registry was.
  mutating func consent() throws(ReleaseDecodingError) -> (column: Bool, purpose: String?) {
    guard isAtObject else { return (try boolean(), nil) }
    var by: [String]?
    var purpose: String?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "by":
        let read = try cursor.strings()
        guard read == ["registry"] || read == ["column", "registry"] else {
          let expected = "[\"column\",\"registry\"] or [\"registry\"]"
          throw ReleaseDecodingError(.unsuitable(expected: expected))
        }
        by = read
      case "purpose":
        let read = try cursor.string()
        guard !read.isEmpty else {
          throw ReleaseDecodingError(.unsuitable(expected: "the name of a purpose"))
        }
        purpose = read
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    let ways = try Self.required(by, "by")
    return (ways.count == 2, try Self.required(purpose, "purpose"))
  }
}
