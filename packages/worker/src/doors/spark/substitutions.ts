/** What the placeholders in an executor's command stand for. */
export interface Substitutions {
  readonly appId: string
  readonly executorId: string
  readonly workerUrl: string
  readonly hostname: string
  readonly cores: string
  readonly resourceProfileId: string
}

/**
 * An argument that is exactly a placeholder becomes its value; any other stays as it is
 * (`ExecutorRunner.substituteVariables`, Spark 3.5 to 4.3).
 */
export function substituteArgument(argument: string, values: Substitutions): string {
  switch (argument) {
    case '{{WORKER_URL}}':
      return values.workerUrl
    case '{{EXECUTOR_ID}}':
      return values.executorId
    case '{{HOSTNAME}}':
      return values.hostname
    case '{{CORES}}':
      return values.cores
    case '{{APP_ID}}':
      return values.appId
    case '{{RESOURCE_PROFILE_ID}}':
      return values.resourceProfileId
    default:
      return argument
  }
}

/**
 * In a Java option two placeholders are replaced wherever they stand: they name log and dump files
 * (`Utils.substituteAppNExecIds`, Spark 3.5 to 4.3).
 */
export function substituteJavaOption(option: string, values: Substitutions): string {
  return option
    .replaceAll('{{APP_ID}}', () => values.appId)
    .replaceAll('{{EXECUTOR_ID}}', () => values.executorId)
}
