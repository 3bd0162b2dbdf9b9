// What a submission brings of the cluster's secret. A client that has `spark.authenticate.secret` in its
// configuration sends it as a -D option of the driver (ClientApp, 3.5 to 4.3), and one that has it in its
// environment sends that (ClientApp up to 4.2). The worker gives the driver the secret of the cluster in its
// environment, so what came with the submission is left out here, before anything is stored or sent.
import type { SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import {
  HEARTH_SECRET_VARIABLE,
  SPARK_SECRET_VARIABLE,
} from '@hearth/common/runtime/auth/secret.ts'

// `spark.authenticate.secret` and what begins with it, its files: Spark's worker leaves out the same
// (CommandUtils.buildLocalCommand).
const SECRET = 'spark.authenticate.secret'

/** The command without the cluster's secret; Spark shows the rest of a driver's options to anybody. */
export function withoutSecret(command: SparkCommand): SparkCommand {
  const environment = Object.entries(command.environment).filter(
    ([name]) => name !== SPARK_SECRET_VARIABLE && name !== HEARTH_SECRET_VARIABLE,
  )
  return {
    ...command,
    environment: Object.fromEntries(environment),
    javaOptions: command.javaOptions.filter((option) => !holdsSecret(option)),
  }
}

// Option strings repeat the options that stand beside them, and a driver that runs reads them no more.
function holdsSecret(option: string): boolean {
  if (option.startsWith(`-D${SECRET}`)) return true
  return /^-Dspark\.driver\.(extra|default)JavaOptions=/.test(option) && option.includes(SECRET)
}
