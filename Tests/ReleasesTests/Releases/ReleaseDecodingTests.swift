// ReleaseDecodingTests.swift: what is not a release is refused, with its place.
// SPDX-License-Identifier: Apache-2.0

import Releases
import TestSupport
import Testing

@Suite struct `Release decoding` {
  /// What is replaced in a sample, by what, and how the message begins.
  static let edits: [(String, String, String)] = [
    ("\"scale\":\"12\"", "\"scale\":12", "measures[0].scale must be a string"),
    (
      "\"scale\":\"12\"", "\"scale\":\"24/2\"", "measures[0].scale must be a fraction p/q in lowest"
    ),
    (
      "\"scale\":\"12\"", "\"scale\":\"12.0\"", "measures[0].scale must be a fraction p/q in lowest"
    ),
    ("\"scale\":\"12\"", "\"scale\":\"-12\"", "measures[0].scale must be above zero"),
    ("\"scale\":\"12\"", "\"scale\":\"1e999999999\"", "measures[0].scale must be a fraction"),
    ("\"scale\":\"12\"", "\"scale\":\"1/0\"", "measures[0].scale must be a fraction"),
    ("\"scale\":\"12\"", "\"scale\":\"nan\"", "measures[0].scale must be a fraction"),
    ("\"scale\":\"12\",", "", "measures[0].scale is missing"),
    ("\"scale\":\"12\"", "\"scale\":\"12\",\"scale\":\"12\"", "measures[0].scale is given twice"),
    ("\"scale\":\"12\"", "\"scale\":\"12\",\"shape\":1", "measures[0].shape is not a part"),
    (
      "\"discrete-laplace\",\"name\"", "\"gaussian\",\"name\"",
      "measures[0].mechanism must be \"discrete-laplace\""
    ),
    ("\"name\":\"units\"", "\"name\":\"signals\"", "measures[1] is given twice"),
    ("\"name\":\"units\"", "\"name\":\"people\"", "measures[1].name must be one of"),
    ("\"half_width\":36", "\"half_width\":-36", "measures[0].half_width must be zero or more"),
    ("\"half_width\":36", "\"half_width\":3.6e1", "measures[0].half_width must be an integer"),
    ("\"half_width\":36", "\"half_width\":036", "measures[0].half_width is not JSON"),
    ("\"add-remove\",\"unit\"", "\"replace\",\"unit\"", "privacy.relation must be \"add-remove\""),
    ("\"unit\":\"person\"", "\"unit\":\"household\"", "privacy.unit must be one of"),
    ("{\"delta\":\"0\",\"epsilon\":\"1\",", "{\"epsilon\":\"1\",", "privacy.delta is missing"),
    (
      "{\"delta\":\"0\",\"epsilon\":\"1\"", "{\"delta\":\"1\",\"epsilon\":\"1\"",
      "privacy.delta must"
    ),
    ("\"epsilon\":\"9\"", "\"epsilon\":\"-9\"", "remaining.lifetime.epsilon must be zero or more"),
    ("\"lifetime\"", "\"forever\"", "remaining.forever is not a part"),
    (
      "\"cells_per_unit\":4", "\"cells_per_unit\":0",
      "bounds.cells_per_unit must be an integer from"
    ),
    ("\"signals\":-12", "\"signals\":-12.5", "cells[0].signals must be an integer"),
    ("\"signals\":-12", "\"signals\":null", "cells[0].signals must be an integer"),
    ("\"signals\":-12", "\"signals\":\"-12\"", "cells[0].signals must be an integer"),
    ("\"signals\":-12", "\"signals\":9223372036854775808", "cells[0].signals must be an integer"),
    ("\"signals\":-12,", "", "cells[0] must be given all its keys and measures"),
    ("\"signals\":-12", "\"signals\":-12,\"x\":1", "cells[0].x is not a part"),
    ("\"signals\":-12", "\"signals\":-12,\"signals\":-12", "cells[0].signals is given twice"),
    ("\"2026-12-02T08:15:00Z\"", "\"2 December\"", "created must be an instant"),
    ("\"2026-11-weekly-1\"", "\"../../etc\"", "id must be 1 to 128 letters"),
    ("\"certificate\":", "\"diploma\":", "diploma is not a part"),
    ("\"version\":1", "\"version\":2", "certificate.version must be 1"),
    ("AES-256-CTR", "Mersenne Twister", "certificate.noise.generator must be"),
    ("\"data\":\"pinned\"", "\"data\":\"nailed\"", "certificate.data must be"),
    ("\"position\":17", "\"position\":0", "certificate.ledger.position must be an integer from 1"),
    (
      "\"postprocessing\":[]", "\"postprocessing\":[\"x\"]", "certificate.postprocessing must be []"
    ),
    (
      "\"ledger\":{\"dataset\":\"s", "\"ledger\":{\"dataset\":\"t",
      "certificate.ledger.dataset must"
    ),
    ("\"name\":\"intent\"", "\"name\":\"units\"", "query.keys[1].name must be not named like"),
    ("\"name\":\"intent\"", "\"name\":\"region\"", "query.keys[1] is given twice"),
    ("\"consent\":true", "\"consent\":1", "query.consent must be true or false"),
    ("\"consent\":true", "\"consent\":trve", "query.consent is not JSON"),
    ("\"auto.suv\"", "\"auto.suv\u{1}\"", "cells[0].intent is not JSON"),
    ("\"auto.suv\"", "\"\\ud800\"", "cells[0].intent is not JSON"),
    ("\"auto.suv\"", "[[[[[[[[[[[[", "cells is not JSON: a closing bracket"),
    ("\"cells\":[", "\"cells\":[[", "the document is not JSON"),
    ("\"cells\":[", "\"cells\":3,\"x\":[", "cells must be an array"),
    ("\n],\n\"certificate\"", "\n},\n\"certificate\"", "cells is not JSON"),
    ("\"auto.suv\"", "{\"a\":\"]\"}", "cells[0].intent must be a string"),
    ("\n}\n", "\n}\n{}", "the document is not JSON: the end of the text was expected"),
    ("\n}\n", "\n", "the document is not JSON"),
    (
      "\"dataset\":", "\"da\\u001b[31mtaset\":",
      "certificate.ledger.da\\u{1b}[31mtaset is not a part"
    ),
  ]

  @Test(arguments: edits.indices)
  func `refuses an edit, saying where`(index: Int) throws {
    let (old, new, message) = Self.edits[index]
    let text = try SampleRelease().text()
    let range = try #require(text.firstRange(of: old), "the sample holds no \(old)")
    let edited = text[..<range.lowerBound] + new + text[range.upperBound...]
    let error = try #require(throws: ReleaseDecodingError.self) {
      _ = try Release(decoding: Array(edited.utf8))
    }
    #expect(error.description.hasPrefix(message), "\(error)")
  }

  @Test func `takes cells with their members in another order and with white space`() throws {
    let release = try SampleRelease().release()
    var text = try SampleRelease().text()
    text.replace("\"signals\":173,\"units\":170", with: " \"units\" : 170,\n\"signals\"\t:173 ")
    #expect(try Release(decoding: Array(text.utf8)) == release)
  }

  @Test func `refuses every beginning of a release`() throws {
    let bytes = try SampleRelease().release().encoded()
    for length in 0..<(bytes.count - 2) {
      #expect(throws: ReleaseDecodingError.self, "the first \(length) bytes") {
        _ = try Release(decoding: Array(bytes.prefix(length)))
      }
    }
  }

  @Test(arguments: [
    "", " ", "null", "[]", "3", "\"a\"", "{}", "\u{FEFF}{}", "{\"a\":1}", "PK\u{3}\u{4}",
  ])
  func `refuses what is no release at all`(text: String) {
    #expect(throws: ReleaseDecodingError.self) { _ = try Release(decoding: Array(text.utf8)) }
  }

  @Test func `refuses bytes that are not UTF-8`() throws {
    var bytes = try SampleRelease().release().encoded()
    let place = try #require(bytes.firstRange(of: Array("auto".utf8)))
    bytes[place.lowerBound] = 0xFF
    let error = try #require(throws: ReleaseDecodingError.self) {
      _ = try Release(decoding: bytes)
    }
    #expect(error.description.contains("valid UTF-8"))
  }

  @Test func `stops at deep nesting and enormous numbers`() {
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: ReleaseDecodingError.self) {
      _ = try Release(decoding: Array("{\"cells\":".utf8) + deep)
    }
    let digits = [UInt8](repeating: UInt8(ascii: "9"), count: 1_000_000)
    for opening in ["{\"measures\":[{\"half_width\":", "{\"measures\":[{\"scale\":\""] {
      #expect(throws: ReleaseDecodingError.self) {
        _ = try Release(decoding: Array(opening.utf8) + digits)
      }
    }
  }

  @Test func `takes a body only as a body, and a release only as a release`() throws {
    let release = try SampleRelease().release()
    #expect(throws: ReleaseDecodingError.self) {
      _ = try ReleaseBody(decoding: release.encoded())
    }
    #expect(throws: ReleaseDecodingError.self) {
      _ = try Release(decoding: release.body.encoded())
    }
  }
}
