// Noise.swift: `hubbub noise`, the noise itself, apart from any data.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The noise itself, apart from any data.
struct Noise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the noise, or describe its exact law.",
    discussion: """
      The noise is discrete Laplace: P(X = x) = (1-q)/(1+q) q^|x|, q = e^(-1/scale). A count \
      whose sensitivity is s costs epsilon = s / scale.

        hubbub noise describe --scale 8 --alpha 0.05
        hubbub noise sample --scale 8 --count 10
      """,
    subcommands: [NoiseSample.self, NoiseDescribe.self]
  )
}
