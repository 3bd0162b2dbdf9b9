// What a noisy machine allows to be said of two things that were measured in turn.

export interface RatioInterval {
  readonly median: number
  /** Ends of the 95 % interval of the geometric mean of the pairwise ratios. */
  readonly low: number
  readonly high: number
  readonly pairs: number
}

// Two-sided 97.5 % quantiles of Student's t by degrees of freedom; beyond the table it is close to 2.
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045,
]

/** The ratio ours/theirs over pairs that were measured one right after the other. */
export function ratioInterval(pairs: readonly (readonly [number, number])[]): RatioInterval {
  const logs = pairs.map(([ours, theirs]) => Math.log(ours / theirs))
  const count = logs.length
  const mean = logs.reduce((sum, log) => sum + log, 0) / count
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (count - 1)
  const half = ((T_975[count - 2] ?? 2) * Math.sqrt(variance)) / Math.sqrt(count)
  return {
    median: Math.exp(median(logs)),
    low: Math.exp(mean - half),
    high: Math.exp(mean + half),
    pairs: count,
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper
}

/**
 * The value that `part` of all values do not exceed, by nearest rank; `part` is above 0 and at most 1. NaN of
 * none.
 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

export interface PairsStyle {
  readonly unit?: string
  readonly digits?: number
  /** What is measured is the better the more there is of it, such as a rate. */
  readonly moreIsBetter?: boolean
}

/**
 * One line: medians of both in `unit`, the ratio with its interval, and the best of both: what was
 * measured when others disturbed the machine the least.
 */
export function describePairs(
  what: string,
  pairs: readonly (readonly [number, number])[],
  { unit = 'ms', digits = 0, moreIsBetter = false }: PairsStyle = {},
): string {
  const { median: ratio, low, high, pairs: count } = ratioInterval(pairs)
  const of = (index: 0 | 1) => pairs.map((pair) => pair[index])
  const figure = (value: number) => `${value.toFixed(digits)} ${unit}`
  const best = moreIsBetter ? Math.max : Math.min
  const [ours, theirs] = [best(...of(0)), best(...of(1))]
  return (
    `${what}: Hearth ${figure(median(of(0)))}, Spark ${figure(median(of(1)))}, ` +
    `ratio ${ratio.toFixed(3)} = ${asFactor(ratio)} (95 % ${low.toFixed(3)}–${high.toFixed(3)}, ${count} pairs); ` +
    `${moreIsBetter ? 'most' : 'least'} ${figure(ours)} and ${figure(theirs)}, ${asFactor(ours / theirs)}`
  )
}

// 1/3 reads as well as 3 times; 0.9 and 1.1 need a digit more.
function asFactor(ratio: number): string {
  const factor = ratio < 1 ? 1 / ratio : ratio
  const text = factor.toFixed(factor < 10 ? 1 : 0)
  return ratio < 1 ? `1/${text}` : `${text} times`
}
