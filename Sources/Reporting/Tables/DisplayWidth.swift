// DisplayWidth.swift: how many columns of a terminal a text takes.
// Reference: [UAX11].
// SPDX-License-Identifier: Apache-2.0

/// How many columns of a terminal a text takes.
///
/// - Reference: [UAX11], wide and full-width characters.
enum DisplayWidth {
  /// The blocks of wide characters that terminals agree on.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1_F1E6...0x1_F1FF, 0x1_F300...0x1_F64F,
    0x1_F680...0x1_F6FF, 0x1_F900...0x1_F9FF, 0x1_FA70...0x1_FAFF, 0x2_0000...0x3_FFFD,
  ]

  /// The columns of one character as people count them.
  static func columns(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let base = scalars.first else { return 0 }
    switch base.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    // U+FE0F asks for the picture, which is wide.
    let isWide =
      wide.contains { $0.contains(base.value) } || scalars.contains { $0.value == 0xFE0F }
    return isWide ? 2 : 1
  }

  /// The columns of a text.
  static func columns(of text: String) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
  }

  /// The text, cut to `limit` columns with an ellipsis where it is wider.
  static func fitting(_ text: String, limit: Int) -> String {
    guard columns(of: text) > limit else { return text }
    var kept = ""
    var used = 1
    for character in text {
      used += columns(of: character)
      guard used <= limit else { break }
      kept.append(character)
    }
    return kept + "\u{2026}"
  }
}
