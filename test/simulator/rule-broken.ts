/** The simulator found that the cluster broke a rule. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken'
}
