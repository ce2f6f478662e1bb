// ReleasedSchedule+Name.swift: the name that a schedule has in a ledger, from data set and spec.
// Reference: `docs/formats.md`, section "Declared schedules".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension ReleasedSchedule {
  /// The name that the schedule of a spec has in a ledger: that of the data set, a dot and that of
  /// the spec, with hyphens for what an id cannot hold.
  ///
  /// Where the two names cannot be read off again, because something was replaced or a dot stands in
  /// the name of the data set, a hyphen and 12 digits of a hash of both follow: so no two schedules
  /// share a name by chance.
  ///
  /// - Returns: The name; `nil` where it is longer than an id.
  public static func name(dataset: String, spec: String) -> ReleaseID? {
    let kept = [dataset, spec].map { part in
      String(
        String.UnicodeScalarView(
          part.unicodeScalars.map { scalar in
            let isKept = scalar.isASCII && (try? ReleaseID("a\(scalar)")) != nil
            return isKept ? scalar : "-"
          }
        )
      )
    }
    var text = kept.joined(separator: ".")
    if !kept[0].utf8.elementsEqual(dataset.utf8) || !kept[1].utf8.elementsEqual(spec.utf8)
      || dataset.utf8.contains(UInt8(ascii: ".")) || (try? ReleaseID(text)) == nil
    {
      let trimmed = String(text.drop { "._-".contains($0) })
      text = (trimmed.isEmpty ? "schedule" : trimmed) + "-" + digest(dataset, spec)
    }
    return try? ReleaseID(text)
  }

  /// The first 12 hexadecimal digits of SHA-256 of both names, each behind its number of bytes.
  private static func digest(_ dataset: String, _ spec: String) -> String {
    let text = "\(dataset.utf8.count):\(dataset)\(spec.utf8.count):\(spec)"
    return String(ReleaseVerification.sha256(Array(text.utf8)).prefix(12))
  }
}
