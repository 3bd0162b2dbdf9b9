import { findSecret, SECRET_KEYS } from '@hearth/common/runtime/auth/secret.ts'
import { loadDaemonConfiguration } from '../daemon/daemon-configuration.ts'

/**
 * The environment for the daemons of a demonstration on loopback. They ask for no secret but one that
 * spark-submit can prove: its driver knows `spark.authenticate` and `spark.authenticate.secret`, and
 * neither Hearth's variable nor its file.
 */
export async function demoEnvironment(
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const configuration = await loadDaemonConfiguration('SPARK_MASTER_OPTS', undefined, environment)
  const { properties } = configuration
  const { authenticate, secret } = SECRET_KEYS
  const driverProves = properties.get(authenticate.key) === 'true' && properties.has(secret.key)
  if (driverProves || findSecret(configuration).secret === null) return environment
  const options = [environment['SPARK_DAEMON_JAVA_OPTS'] ?? '', `-D${authenticate.key}=false`]
  return { ...environment, SPARK_DAEMON_JAVA_OPTS: options.join(' ').trim() }
}
