// SignalPinsTests.swift: what pins leave to a spec, and when nothing that matters is left to it.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Testing

@Suite struct `Signal pins` {
  static func pins(
    _ files: [String]? = ["/s.csv"],
    unit: String? = "u",
    consent: String? = nil,
    time: String? = nil,
    registry: String? = nil,
    purpose: String? = nil
  ) -> SignalPins {
    SignalPins(
      files: files,
      unitColumn: unit,
      consentColumn: consent,
      timeColumn: time,
      registry: registry,
      purpose: purpose
    )
  }

  @Test(
    arguments: [
      (pins(time: "t"), pins(time: "second"), .timeColumn),
      (pins(time: "t"), pins(time: "t"), nil),
      (pins(time: "t"), pins(), nil),
      (pins(), pins(time: "second"), nil),
      // One letter in two normal forms.
      (pins(unit: "\u{E9}"), pins(unit: "e\u{301}"), .unitColumn),
      (pins(consent: "\u{E9}"), pins(consent: "e\u{301}"), .consentColumn),
      (pins(time: "\u{E9}"), pins(time: "e\u{301}"), .timeColumn),
      (pins(["/\u{E9}"]), pins(["/e\u{301}"]), .files),
      (pins(registry: "/r", purpose: "p"), pins(), .registry),
      (pins(registry: "/r", purpose: "p"), pins(registry: "/s", purpose: "p"), .registry),
      (pins(registry: "/r", purpose: "p"), pins(registry: "/r", purpose: "q"), .purpose),
      (pins(registry: "/r", purpose: "p"), pins(registry: "/r", purpose: "p"), nil),
      (pins(), pins(registry: "/r", purpose: "p"), nil),
      (pins(["/a", "/b"]), pins(["/b", "/a"]), nil),
    ] as [(pins: SignalPins, spec: SignalPins, part: PinnedPart?)]
  )
  func `tell in which part a spec differs, by bytes`(
    _ pair: (pins: SignalPins, spec: SignalPins, part: PinnedPart?)
  ) {
    #expect(pair.pins.difference(from: pair.spec) == pair.part)
  }

  @Test(
    arguments: [
      (pins(), pins(), .person, true),
      (pins(), pins(time: "t"), .person, true),
      (pins(), pins(time: "t"), .personDay, false),
      (pins(), pins(time: "t"), .personWeek, false),
      (pins(time: "t"), pins(time: "t"), .personDay, true),
      (pins(time: "t"), pins(time: "second"), .personDay, false),
      (pins(consent: "c"), pins(consent: "c"), .person, true),
      (pins(consent: "c"), pins(consent: "c", time: "t"), .person, false),
      (pins(consent: "c", time: "t"), pins(consent: "c", time: "t"), .person, true),
      (pins(), pins(consent: "c"), .person, false),
      (pins(), pins(registry: "/r", purpose: "p"), .person, false),
      (
        pins(registry: "/r", purpose: "p"), pins(registry: "/r", purpose: "p"), .person, true
      ),
      (
        pins(registry: "/r", purpose: "p"), pins(time: "t", registry: "/r", purpose: "p"),
        .person, false
      ),
      (
        pins(time: "t", registry: "/r", purpose: "p"),
        pins(time: "t", registry: "/r", purpose: "p"), .person, true
      ),
      (pins(unit: nil), pins(), .person, false),
      (pins(nil), pins(), .person, false),
    ] as [(pins: SignalPins, spec: SignalPins, unit: PrivacyUnit, all: Bool)]
  )
  func `decide all of a spec only where time is decided too, if it matters`(
    _ given: (pins: SignalPins, spec: SignalPins, unit: PrivacyUnit, all: Bool)
  ) {
    #expect(given.pins.decideAll(of: given.spec, privacyUnit: given.unit) == given.all)
  }
}
