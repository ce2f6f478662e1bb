// LedgerSpend.swift: `hubbub ledger spend`, charges what was released outside this program.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// Charges a loss for something that is released outside this program.
struct LedgerSpend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spend",
    abstract: "Charge a loss for something that is released outside this program.",
    discussion: """
      Numbers are exact: 0.1 is one tenth, 1/3 a third. A spend that exactly reaches a cap is \
      accepted; one that would pass it is refused and charges nothing. Ends with 0 for accepted, 1 \
      for refused, 2 for invalid. For example

        hubbub ledger spend hubbub.ledger --dataset signals-2026 --epsilon 1/10 --format json
      """
  )

  @OptionGroup var ledger: LedgerArgument

  @Option(help: "The account that pays; may be left out where the ledger has only one.")
  var dataset: String?

  @Option(parsing: .unconditional, help: "Epsilon, exact: 1, 0.1 or 1/3.")
  var epsilon: String

  @Option(parsing: .unconditional, help: "Delta, exact.")
  var delta = "0"

  @Option(help: "Who spends.")
  var analyst: String?

  @Option(help: "The day label that a daily cap counts under, any text; today in UTC if left out.")
  var day: String?

  @Option(
    parsing: .unconditional,
    help: "The values of the policy's dimension that it is limited to, with commas between."
  )
  var values: String?

  @Option(help: "A name: the same spend again under the same name costs nothing, on whatever day.")
  var id: String?

  @OptionGroup var output: FormatOption

  func run() throws {
    var releaseID: ReleaseID?
    if let id { releaseID = try ReleaseNaming.read(id) }
    let ledger = try LedgerPlace.open(try ledger.named())
    let dataset = try Accounts.resolve(dataset, in: ledger)
    let label = day ?? Today.label
    let loss = try loss { () throws(LedgerError) in
      try ledger.remaining(dataset: dataset, analyst: analyst, day: label)
    }
    let slices = values.map { text in
      text.isEmpty
        ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let spend = Spend(loss: loss, analyst: analyst, day: label, slices: slices)
    do {
      let remaining = try ledger.spend(
        spend,
        dataset: dataset,
        id: releaseID,
        dayGiven: day != nil
      )
      try write("accepted", [], remaining)
    } catch let error as LedgerError {
      try finish(error)
    }
  }

  /// Reads the loss; one that cannot be meant is a decision as well, printed with what remains.
  private func loss(
    remaining: () throws(LedgerError) -> RemainingBudget
  ) throws -> PrivacyLoss {
    let failure: CommandFailure
    do {
      return try PrivacyLoss(
        epsilon: ExactNumber.read(epsilon, option: "--epsilon"),
        delta: ExactNumber.read(delta, option: "--delta")
      )
    } catch let error as CommandFailure {
      failure = error
    } catch let error as PrivacyLossError {
      failure = .invalid(error.description)
    }
    let left: RemainingBudget
    do { left = try remaining() } catch { try finish(error) }
    try write("invalid", [], left)
    throw failure
  }

  /// Prints the decision that an error stands for and ends with its status.
  private func finish(_ error: LedgerError) throws -> Never {
    switch error {
    case .refused(let refusal):
      let violated = BudgetLimit.allCases.filter(refusal.violated.contains)
      try write("refused", violated, refusal.remaining)
    case .invalid(_, let remaining):
      try write("invalid", [], remaining)
    case .unknownDataset where output.format == .json:
      try write("invalid", [], nil)
    default: break
    }
    throw CommandFailure(error)
  }

  private func write(
    _ decision: String,
    _ violated: [BudgetLimit],
    _ remaining: RemainingBudget?
  ) throws(CommandFailure) {
    switch output.format {
    case .text:
      try Results.write("\(decision)\n" + (remaining.map(RemainingText.words) ?? ""))
    case .json:
      try Results.write(
        JSONText.object([
          ("decision", .text(decision)),
          ("violated", .list(violated.map { .text($0.rawValue) })),
          ("remaining", remaining.map(RemainingText.json) ?? .object([])),
        ]).line
      )
    }
  }
}
