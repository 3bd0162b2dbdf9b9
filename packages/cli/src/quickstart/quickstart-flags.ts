import type { ClusterFlags } from '../cluster/cluster-flags.ts'

export interface QuickstartFlags extends ClusterFlags {
  /** False: stop when Pi is printed instead of staying up until Ctrl-C. */
  readonly wait: boolean
}
