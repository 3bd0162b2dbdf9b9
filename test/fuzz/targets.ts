import { clusterConnections } from './targets/cluster-connections.ts'
import { clusterFrames, clusterToMaster, clusterToWorker } from './targets/cluster-messages.ts'
import { driverJars } from './targets/driver-jars.ts'
import { executorLogs } from './targets/executor-logs.ts'
import { costlyMessages, javaStreams, sparkMessages, sparkReplies } from './targets/java-streams.ts'
import { launcherLines, resourceTexts } from './targets/launcher-lines.ts'
import { insiderAuthentications, liveAuthentications } from './targets/live-authentication.ts'
import { restPaths, restSubmissions } from './targets/rest-submissions.ts'
import { authenticationMessages, recordedAuthentications } from './targets/spark-authentication.ts'
import { lockedSparkConnections, sparkConnections } from './targets/spark-connections.ts'
import { sparkEnvelopes, sparkFrames } from './targets/spark-wire.ts'
import { streamProtections } from './targets/stream-protections.ts'
import type { FuzzTarget } from './engine/target.ts'

/** Everything that reads what a peer, or a script of an operator, has written. */
export const TARGETS: readonly FuzzTarget[] = [
  sparkFrames,
  sparkEnvelopes,
  javaStreams,
  sparkMessages,
  costlyMessages,
  sparkReplies,
  sparkConnections,
  authenticationMessages,
  recordedAuthentications,
  liveAuthentications,
  insiderAuthentications,
  streamProtections,
  lockedSparkConnections,
  clusterFrames,
  clusterToMaster,
  clusterToWorker,
  clusterConnections,
  launcherLines,
  resourceTexts,
  executorLogs,
  driverJars,
  restSubmissions,
  restPaths,
]
