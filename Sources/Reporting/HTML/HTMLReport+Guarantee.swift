// HTMLReport+Guarantee.swift: what a release promises, what its ± leaves out, and what it cost.
// Reference: `docs/privacy-model.md`, section "The guarantee".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension HTMLReport {
  /// The largest epsilon that is turned into a factor; beyond it the factor means nothing.
  private static let largestFactor: Rational = 100

  /// The guarantee in plain words, with the exact numbers.
  static func guarantee(of body: ReleaseBody) -> Markup {
    let epsilon = body.privacy.loss.epsilon
    let unit = UnitWords(body.privacy.unit)
    return """
      <section aria-labelledby="guarantee">
      <h2 id="guarantee">The guarantee</h2>
      <p class="lead">Whoever reads this report learns almost the same whether or not \
      \(unit.contribution) were in the data: no answer becomes more than \
      <span class="formula">e<sup>ε</sup></span>\(factor(epsilon)) times likelier, or less likely, \
      because they were\(exception(body.privacy.loss.delta)).</p>
      <dl class="pairs">
      <div><dt>ε, exactly</dt><dd>\(PlainNumber.exact(epsilon))</dd></div>
      <div><dt>δ, exactly</dt><dd>\(PlainNumber.exact(body.privacy.loss.delta))</dd></div>
      <div><dt>Protected</dt><dd>\(unit.one). \(unit.meaning)</dd></div>
      \(person(of: body))<div><dt>Compared</dt><dd>data sets that differ by adding or removing \(unit.one)</dd></div>
      </dl>
      \(odds(body.privacy.loss, unit.bet))\(together(of: body))<p>This holds against every reader, whatever else that reader knows or will \
      learn. It does not hide what is true of many people together, and it does not protect against \
      someone who holds the data itself. It is as good as the generator of the noise: \
      \(Certificate.generator).</p>
      </section>

      """
  }

  /// What delta leaves open.
  private static func exception(_ delta: Rational) -> Markup {
    guard delta.signum > 0 else { return "" }
    return ", but for answers that together have a probability of at most δ"
  }

  /// `= 2.7183` for `e^ε`, rounded up.
  private static func factor(_ epsilon: Rational) -> Markup {
    guard epsilon <= largestFactor else { return "" }
    let power = Enclosure.exp(epsilon, precision: 96)
    let decimal = power.decimals(digits: 5).upper
    return " = \(BigInteger(decimal).map(PlainNumber.grouped) ?? decimal)"
  }

  /// What even odds can become, rounded up, and a warning where that is close to certainty.
  private static func odds(_ loss: PrivacyLoss, _ bet: String) -> Markup {
    let epsilon = loss.epsilon
    let exception: Markup =
      loss.delta.signum > 0 ? ", but for answers that come up with a chance of at most δ" : ""
    guard epsilon <= 10 else {
      return """
        <p class="warning"><strong>This ε is large.</strong> A guarantee with ε above 10 allows a \
        reader to become almost certain that someone was in the data. Treat these counts as weakly \
        protected.</p>

        """
    }
    let power = Enclosure.exp(epsilon, precision: 96)
    let one = Enclosure(.one, precision: 96)
    let percent = (power / (one + power)).upper.rational * 100
    return """
      <p>As a bet: a reader who gave even odds that \(bet) in the data can, after reading \
      everything here, be at most \(percent.decimal(digits: 4, .up))% sure of it\(exception).</p>

      """
  }

  /// What is promised to those who read all runs of a schedule.
  private static func together(of body: ReleaseBody) -> Markup {
    guard let schedule = body.schedule else { return "" }
    let rest: Markup =
      schedule.price.loss.delta.signum == 0
      ? ""
      : """
      , but for a chance of at most δ = \(PlainNumber.exact(schedule.price.loss.delta))
      """
    if let counts = runningCounts(of: body) { return counts }
    return """
      <p>This is run \(String(schedule.run)) of \(String(schedule.times)) that were declared \
      together. Whoever reads all of them learns no more than \
      ε = \(PlainNumber.exact(schedule.price.loss.epsilon)) allows\(rest).</p>

      """
  }

  /// What the half-widths do not cover.
  static func bias(of body: ReleaseBody) -> Markup {
    let signs: Markup =
      body.query.nonnegative
      ? """
      <p>Counts below zero were raised to zero after the noise, as asked. This post-processing \
      costs no privacy, and the ± still holds, but small counts now tend to be too high, and the \
      total of many small cells leans upward.</p>

      """
      : """
      <p>A count may be below zero: that is the noise, left as it fell, so that the noise by itself \
      favours neither side and tends to cancel in totals.</p>

      """
    let place: Markup = body.selection == nil ? "no listed cell" : "a cell that is not shown"
    let others: Markup =
      body.query.consent || body.query.purpose != nil
      ? ", signals that fall in \(place), and signals without consent"
      : " and signals that fall in \(place)"
    return """
      <section aria-labelledby="bias">
      <h2 id="bias">What ± leaves out</h2>
      <p>The ± covers the noise alone. Beside it, the bounds make counts tend to be low: whatever \
      lies beyond them (\(body.boundsInWords)) is not counted. How much that is cannot be told \
      from this release, by design: it would say something exact about the data.</p>
      \(signs)<p>Nor does it cover what the signals are: people who left none\(others) \
      are not in these counts.</p>
      </section>

      """
  }

  /// What the release cost and what remained when it was committed.
  static func cost(of body: ReleaseBody) -> Markup {
    var rows: [Markup] = []
    if let schedule = body.schedule {
      let rule: String =
        switch schedule.price.rule {
        case .sum: "the sum of the runs"
        case .certified: "composed tightly, which is less than their sum"
        case .disjoint: "what one costs, as what is protected lies in one run alone"
        case .horizon: "the running counts of all of them are noised together"
        }
      rows.append(
        costRow(
          "All \(PlainNumber.count(schedule.times, "run")) of the schedule",
          schedule.price.loss,
          "paid before the first read any signal; \(rule)"
        )
      )
      if body.continual == nil {
        rows.append(
          costRow("This run by itself", body.privacy.loss, "a part of that, nothing more")
        )
      }
    } else {
      rows.append(costRow("This release", body.privacy.loss, "paid before any signal was read"))
    }
    rows.append(
      costRow("Remained for good", body.remaining.lifetime, "of the data set's lifetime budget")
    )
    if let daily = body.remaining.daily {
      rows.append(costRow("Remained for the day", daily, "of the daily allowance"))
    }
    if let analyst = body.remaining.analyst {
      rows.append(costRow("Remained for the analyst", analyst, "of this analyst's allowance"))
    }
    return """
      <section aria-labelledby="cost">
      <h2 id="cost">What it cost</h2>
      <div class="scroll" role="region" aria-label="What it cost" tabindex="0">
      <table>
      <caption>Privacy loss, in exact fractions, at the moment of commit</caption>
      <thead><tr><th scope="col">What</th><th scope="col">ε</th><th scope="col">δ</th>\
      <th scope="col">Of what</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>
      <p>The costs of different releases from one data set add up. When nothing remains, the ledger \
      refuses further ones.</p>
      </section>

      """
  }

  private static func costRow(_ name: String, _ loss: PrivacyLoss, _ note: String) -> Markup {
    """
    <tr><th scope="row">\(name)</th><td>\(PlainNumber.exact(loss.epsilon))</td>\
    <td>\(PlainNumber.exact(loss.delta))</td><td>\(note)</td></tr>

    """
  }
}
